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
import { authenticate, shownHeaders, shownQuery } from './authenticate.ts';
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
  const processBatch = async (messages: readonly ReceivedMessage[]): Promise<Processed[]> => {
    const prepared = await Promise.all(messages.map((message) => prepare(message, options)));
    const ready = prepared.filter((each): each is Ready => 'handOver' in each);
    const outcomes = await handOver(ready, options);
    return Promise.all(
      prepared.map(async (each) => {
        if (!('handOver' in each)) return each;
        const outcome = outcomes.get(each) ?? noOutcome;
        await settleClaim(each, outcome, options);
        return Object.assign(each.handOver, { outcome });
      }),
    );
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
interface Ready {
  handOver: Omit<Processed, 'outcome'> & { delivery: VerifiedDelivery };
  claim: DeduplicationKey | undefined;
}

async function prepare(message: ReceivedMessage, options: PipelineOptions): Promise<Processed | Ready> {
  let request: ArrivedRequest | undefined;
  try {
    const { source, provider, scheme, secrets } = options;
    const authenticated = await authenticate(message, {
      source: source.id,
      scheme,
      secrets,
      toleranceSeconds: source.consumer?.toleranceSeconds,
      publicUrl: source.consumer?.publicUrl,
      method: source.route.method,
      unsigned: source.unsigned,
    });
    const arrived = authenticated.request;
    if (arrived) request = shown(scheme, arrived);
    if (!authenticated.ok)
      return { outcome: authenticated.outcome, request, delivery: undefined, secretVersion: undefined };
    const { body, secretVersion } = authenticated;
    const { headers, query } = authenticated.request;
    const identity = identify(provider, { headers, query, body }, source.verify);
    const delivery: VerifiedDelivery = {
      source: source.id,
      provider: provider.id,
      id: identity.deliveryId,
      idSigned: identity.idSigned,
      eventType: identity.eventType,
      occurredAt: identity.occurredAt,
      receivedAt: authenticated.request.receivedAt,
      headers: request?.headers ?? {},
      ...(request?.query && { query: decodeQuery(request.query) }),
      body,
      attempt: message.receiveCount,
      suspectedReplay: false,
    };
    const verified = { request, delivery, secretVersion };
    if (!isWanted(source, delivery)) return { ...verified, outcome: { kind: 'ignored' } };
    const mismatch = payloadMismatch(delivery, options);
    if (mismatch) return { ...verified, outcome: mismatch };
    return await claim(verified, options);
  } catch (error) {
    return internalError(request, describeError(error));
  }
}

function shown(scheme: Scheme, request: ArrivedRequest): ArrivedRequest {
  const headers = shownHeaders(scheme, request.headers);
  return { ...request, headers, ...(request.query && { query: shownQuery(scheme, request.query) }) };
}

function isWanted(source: SourcePlan, { eventType }: VerifiedDelivery): boolean {
  const events = source.consumer?.events;
  return !events || (eventType !== undefined && events.includes(eventType));
}

/** Takes the delivery for this attempt, unless it completed before or is being handled elsewhere. */
async function claim(verified: Ready['handOver'], options: PipelineOptions): Promise<Processed | Ready> {
  const { source, deduplication } = options;
  const keepSeconds = source.consumer?.deduplicate?.keepSeconds;
  if (keepSeconds === undefined || !deduplication) return { handOver: verified, claim: undefined };
  const { delivery } = verified;
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
    if (state === 'completed') return { ...verified, outcome: { kind: 'duplicate' } };
    if (state === 'inProgress') {
      const detail = 'the same delivery is being handled right now';
      // By then the other attempt has ended, or its claim has.
      const outcome: Outcome = { kind: 'failed', reason: 'in_progress', detail, retryAfterSeconds: claimSeconds };
      return { ...verified, outcome };
    }
  } catch (error) {
    const outcome: Outcome = { kind: 'failed', reason: 'deduplication_unavailable', detail: describeError(error) };
    return { ...verified, outcome };
  }
  return {
    handOver: { ...verified, delivery: { ...delivery, suspectedReplay: await isReplay(key, options) } },
    claim: key,
  };
}

/** A flag alone: if it cannot be told, the delivery is handed over like any other. */
async function isReplay(key: DeduplicationKey, { deduplication, log }: PipelineOptions): Promise<boolean> {
  if (key.bodyHash === undefined || !deduplication?.seenBody) return false;
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

async function handOver(ready: readonly Ready[], { dispatch }: PipelineOptions): Promise<Map<Ready, Outcome>> {
  if (ready.length === 0) return new Map();
  try {
    const outcomes = await dispatch(ready.map(({ handOver }) => handOver.delivery));
    return new Map(ready.flatMap((each, index) => (outcomes[index] ? [[each, outcomes[index]]] : [])));
  } catch (error) {
    const outcome: Outcome = { kind: 'failed', reason: 'internal_error', detail: describeError(error) };
    return new Map(ready.map((each) => [each, outcome]));
  }
}

/** Records a completion only after the handler succeeded; anything else gives the claim back for the retry. */
async function settleClaim({ claim }: Ready, outcome: Outcome, { deduplication, log }: PipelineOptions): Promise<void> {
  if (!claim || !deduplication) return;
  try {
    await (outcome.kind === 'handled' ? deduplication.complete(claim) : deduplication.release(claim));
  } catch (error) {
    // The handler ran: it stays handled, and only a redelivery would be handed over again.
    log.warn('the record of completed deliveries could not be written', {
      source: claim.source,
      deliveryId: claim.deliveryId,
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
