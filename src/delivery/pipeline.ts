import { createHash } from 'node:crypto';
import { identify } from '../catalogue/identify.ts';
import type { Provider } from '../catalogue/provider.ts';
import type { Clock } from '../clock.ts';
import type { Deduplication, DeduplicationKey } from '../deduplication/deduplication.ts';
import type { Log } from '../log.ts';
import type { CheckPayload } from '../payload-schema/check.ts';
import { deliverySeconds } from '../plan/delivery-seconds.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { ReceivedMessage } from '../queue/queue.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { decodeQuery } from '../signature/query.ts';
import type { Scheme } from '../signature/scheme.ts';
import {
  authenticate,
  type AuthenticateOptions,
  type KnownSecrets,
  readSecrets,
  shownHeaders,
  shownQuery,
} from './authenticate.ts';
import { payloadMismatch } from './check-payload.ts';
import type { VerifiedDelivery } from './delivery.ts';
import type { Dispatch } from './dispatch.ts';
import { describeError } from './handler-errors.ts';
import type { Outcome } from './outcome.ts';
import type { ArrivedRequest } from './wire.ts';

export interface PipelineOptions {
  source: SourcePlan;
  provider: Provider;
  /** The one of the provider's schemes that the configuration chose. */
  scheme: Scheme;
  secrets: SecretStore;
  /** Used where the source's plan deduplicates. */
  deduplication?: Deduplication | undefined;
  /** Checks payloads, where the source's plan has a `payloadSchema`. */
  checkPayload?: CheckPayload | undefined;
  /** Hands over to the handler, to a forward, or to both. */
  dispatch: Dispatch;
  clock: Clock;
  log: Log;
}

/** What came of one message. Carries no secret and no static credential. */
export interface Processed {
  outcome: Outcome;
  /** Undefined if the message did not decode. Its headers and query parameters are without static credentials. */
  request: ArrivedRequest | undefined;
  /** Undefined unless it was verified. */
  delivery: VerifiedDelivery | undefined;
  /** Version of the secret that matched; undefined too where the provider signs nothing. */
  secretVersion: string | undefined;
}

/** Decode, verify, filter, deduplicate, hand over: the same in every host. */
export interface Pipeline {
  /** Never rejects: whatever goes wrong is an outcome, and none that goes wrong is taken as verified. */
  process(message: ReceivedMessage): Promise<Processed>;
  /** Verifies one by one and hands over together. Results in the order of the messages. Never rejects. */
  processBatch(messages: readonly ReceivedMessage[]): Promise<Processed[]>;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { source, scheme, secrets } = options;
  const authentication: AuthenticateOptions = {
    source: source.id,
    scheme,
    secrets,
    toleranceSeconds: source.consumer?.toleranceSeconds,
    publicUrl: source.consumer?.publicUrl,
    method: source.route.method,
    unsigned: source.unsigned,
  };
  const processBatch = async (messages: readonly ReceivedMessage[]): Promise<Processed[]> => {
    // Read once for all of them.
    const batch = { ...options, authentication, known: await readSecrets(authentication), claims: new Map() };
    const prepared = await Promise.all(messages.map((message) => prepare(message, batch)));
    const ready = prepared.filter((each) => each.outcome === undefined);
    const outcomes = await handOver(ready, options);
    if (batch.claims.size > 0)
      await Promise.all(ready.map(({ delivery }, index) => settleClaim(delivery, outcomes[index] ?? noOutcome, batch)));
    let next = 0;
    return prepared.map((each) => (each.outcome ? each : withOutcome(each, outcomes[next++] ?? noOutcome)));
  };
  return {
    processBatch,
    process: async (message) => {
      const [processed] = await processBatch([message]);
      return processed ?? internalError(undefined, noOutcome.detail);
    },
  };
}

const noOutcome = { kind: 'failed', reason: 'internal_error', detail: 'no outcome was reported' } as const;

/** Verified, wanted and not seen before. */
interface Ready extends Omit<Processed, 'outcome'> {
  outcome: undefined;
  delivery: VerifiedDelivery;
}

/** Without a spread, which costs more than all that it copies. */
function withOutcome({ request, delivery, secretVersion }: Omit<Processed, 'outcome'>, outcome: Outcome): Processed {
  return { outcome, request, delivery, secretVersion };
}

/** What the messages of one batch share. */
interface Batch extends PipelineOptions {
  authentication: AuthenticateOptions;
  known: KnownSecrets;
  /** What is claimed for this attempt. */
  claims: Map<VerifiedDelivery, DeduplicationKey>;
}

async function prepare(message: ReceivedMessage, batch: Batch): Promise<Processed | Ready> {
  let request: ArrivedRequest | undefined;
  try {
    const { source, provider, scheme, authentication, known } = batch;
    const authenticated = await authenticate(message, authentication, known);
    const arrived = authenticated.request;
    if (arrived) request = shownRequest(scheme, arrived);
    if (!authenticated.ok)
      return { outcome: authenticated.outcome, request, delivery: undefined, secretVersion: undefined };
    const { body, secretVersion } = authenticated;
    const { headers, query, receivedAt } = authenticated.request;
    const identity = identify(provider, { headers, query, body }, source.verify);
    const delivery: VerifiedDelivery = {
      source: source.id,
      provider: provider.id,
      id: identity.deliveryId,
      idSigned: identity.idSigned,
      eventType: identity.eventType,
      occurredAt: identity.occurredAt,
      receivedAt,
      headers: request?.headers ?? {},
      ...(request?.query && { query: decodeQuery(request.query) }),
      body,
      attempt: message.receiveCount,
      suspectedReplay: false,
    };
    const ready: Ready = { outcome: undefined, request, delivery, secretVersion };
    if (!isWanted(source, delivery)) return withOutcome(ready, { kind: 'ignored' });
    const mismatch = payloadMismatch(delivery, batch);
    if (mismatch) return withOutcome(ready, mismatch);
    const keepSeconds = source.consumer?.deduplicate?.keepSeconds;
    if (keepSeconds === undefined || !batch.deduplication) return ready;
    return await claim(ready, keepSeconds, batch.deduplication, batch);
  } catch (error) {
    return internalError(request, describeError(error));
  }
}

function shownRequest(scheme: Scheme, request: ArrivedRequest): ArrivedRequest {
  const headers = shownHeaders(scheme, request.headers);
  if (headers === request.headers && !request.query) return request;
  return { ...request, headers, ...(request.query && { query: shownQuery(scheme, request.query) }) };
}

function isWanted(source: SourcePlan, { eventType }: VerifiedDelivery): boolean {
  const events = source.consumer?.events;
  return !events || (eventType !== undefined && events.includes(eventType));
}

/** Takes the delivery for this attempt, unless it completed before or is being handled elsewhere. */
async function claim(
  ready: Ready,
  keepSeconds: number,
  deduplication: Deduplication,
  { source, log, claims }: Batch,
): Promise<Processed | Ready> {
  const { delivery } = ready;
  const claimSeconds = claimSecondsOf(source);
  const key: DeduplicationKey = {
    source: source.id,
    deliveryId: delivery.id,
    keepSeconds,
    claimSeconds,
    ...(!delivery.idSigned && { bodyHash: createHash('sha256').update(delivery.body).digest('hex') }),
  };
  try {
    const state = await deduplication.begin(key);
    if (state === 'completed') return withOutcome(ready, { kind: 'duplicate' });
    if (state === 'inProgress') {
      const detail = 'the same delivery is being handled right now';
      // By then the other attempt has ended, or its claim has.
      return withOutcome(ready, { kind: 'failed', reason: 'in_progress', detail, retryAfterSeconds: claimSeconds });
    }
  } catch (error) {
    const detail = describeError(error);
    return withOutcome(ready, { kind: 'failed', reason: 'deduplication_unavailable', detail });
  }
  const claimed = { ...delivery, suspectedReplay: await isReplay(key, deduplication, log) };
  claims.set(claimed, key);
  return { ...ready, delivery: claimed };
}

/** A flag alone: if it cannot be told, the delivery is handed over like any other. */
async function isReplay(key: DeduplicationKey, deduplication: Deduplication, log: Log): Promise<boolean> {
  if (key.bodyHash === undefined || !deduplication.seenBody) return false;
  try {
    return await deduplication.seenBody(key);
  } catch (error) {
    log.warn('the record of bodies could not be read', { source: key.source, error: describeError(error) });
    return false;
  }
}

/** Room beyond the timeout, so that a claim outlives the attempt that it stands for. */
const claimRoomSeconds = 30;

function claimSecondsOf({ consumer }: SourcePlan): number {
  return (consumer ? deliverySeconds(consumer) * consumer.batch.size : 0) + claimRoomSeconds;
}

async function handOver(ready: readonly Ready[], { dispatch }: PipelineOptions): Promise<readonly Outcome[]> {
  if (ready.length === 0) return [];
  try {
    return await dispatch(ready.map(({ delivery }) => delivery));
  } catch (error) {
    const outcome: Outcome = { kind: 'failed', reason: 'internal_error', detail: describeError(error) };
    return ready.map(() => outcome);
  }
}

/** Records a completion only after the handler succeeded; anything else gives the claim back for the retry. */
async function settleClaim(
  delivery: VerifiedDelivery,
  outcome: Outcome,
  { deduplication, claims, log }: Batch,
): Promise<void> {
  const key = claims.get(delivery);
  if (!key || !deduplication) return;
  try {
    await (outcome.kind === 'handled' ? deduplication.complete(key) : deduplication.release(key));
  } catch (error) {
    // The handler ran: it stays handled, and only a redelivery would be handed over again.
    log.warn('the record of completed deliveries could not be written', {
      source: key.source,
      deliveryId: key.deliveryId,
      error: describeError(error),
    });
  }
}

function internalError(request: ArrivedRequest | undefined, detail: string): Processed {
  return {
    outcome: { kind: 'failed', reason: 'internal_error', detail },
    request,
    delivery: undefined,
    secretVersion: undefined,
  };
}
