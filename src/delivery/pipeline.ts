import { type Credentials, credentialsOf } from '../catalogue/credentials-of.ts';
import { identify } from '../catalogue/identify.ts';
import type { Provider } from '../catalogue/provider.ts';
import type { Clock } from '../clock.ts';
import type { Deduplication } from '../deduplication/deduplication.ts';
import type { Log } from '../log.ts';
import type { CheckPayload } from '../payload-schema/check.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { ReceivedMessage } from '../queue/queue.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { decodeQuery } from '../signature/query.ts';
import { allOf } from './all-of.ts';
import {
  authenticate,
  authenticationOf,
  type Authenticated,
  type AuthenticateOptions,
  readSecrets,
} from './authenticate.ts';
import { payloadMismatch } from './check-payload.ts';
import { type Claims, createClaims } from './claims.ts';
import type { VerifiedDelivery } from './delivery.ts';
import type { Dispatch } from './dispatch.ts';
import { describeError } from './handler-errors.ts';
import { isWanted } from './is-wanted.ts';
import { type Outcome, unreported } from './outcome.ts';
import type { ArrivedRequest } from './arrived-request.ts';
import { shownRequest } from './shown-request.ts';

export interface PipelineOptions {
  source: SourcePlan;
  provider: Provider;
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
  /**
   * Verifies one by one and hands over together. Results in the order of the messages. Never rejects: whatever goes wrong
   * is an outcome, and none that goes wrong is taken as verified.
   */
  process(messages: readonly ReceivedMessage[]): Promise<Processed[]>;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { source, provider, secrets, dispatch, clock, log } = options;
  const authentication: AuthenticateOptions = { ...authenticationOf(source, provider), secrets, clock };
  const credentials = credentialsOf(provider);
  const claims = createClaims(source, options.deduplication, log);
  return {
    async process(messages) {
      // Read once for all of them.
      const known = await readSecrets(authentication);
      const authenticated = await Promise.all(messages.map((message) => authenticate(message, authentication, known)));
      let prepared = authenticated.map((each, index) =>
        prepare(each, messages[index]?.receiveCount ?? 1, credentials, options),
      );
      if (claims) prepared = await allOf(prepared.map((each) => (each.outcome ? each : claim(each, claims))));
      const ready = prepared.filter((each) => each.outcome === undefined);
      const outcomes = await handOver(ready, dispatch);
      if (claims)
        await Promise.all(ready.map(({ delivery }, index) => claims.settle(delivery, outcomes[index] ?? unreported)));
      let next = 0;
      return prepared.map((each) => (each.outcome ? each : withOutcome(each, outcomes[next++] ?? unreported)));
    },
  };
}

/** Verified, wanted and not seen before. */
interface Ready extends Omit<Processed, 'outcome'> {
  outcome: undefined;
  delivery: VerifiedDelivery;
}

/** Without a spread, which costs more than all that it copies. */
function withOutcome({ request, delivery, secretVersion }: Omit<Processed, 'outcome'>, outcome: Outcome): Processed {
  return { outcome, request, delivery, secretVersion };
}

/** Reads what a message is about, and sorts out what is not to be handed over. */
function prepare(
  authenticated: Authenticated,
  attempt: number,
  credentials: Credentials,
  options: Pick<PipelineOptions, 'source' | 'provider' | 'checkPayload'>,
): Processed | Ready {
  const { source, provider } = options;
  if (!authenticated.ok) {
    const request = authenticated.request && shownRequest(credentials, authenticated.request);
    return { outcome: authenticated.outcome, request, delivery: undefined, secretVersion: undefined };
  }
  const request = shownRequest(credentials, authenticated.request);
  try {
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
      headers: request.headers,
      ...(request.query && { query: decodeQuery(request.query) }),
      body,
      attempt,
      suspectedReplay: false,
    };
    const ready: Ready = { outcome: undefined, request, delivery, secretVersion };
    if (!isWanted(source, delivery.eventType)) return withOutcome(ready, { kind: 'ignored' });
    const mismatch = payloadMismatch(delivery, options);
    return mismatch ? withOutcome(ready, mismatch) : ready;
  } catch (error) {
    const outcome: Outcome = { kind: 'failed', reason: 'internal_error', detail: describeError(error) };
    return { outcome, request, delivery: undefined, secretVersion: undefined };
  }
}

async function claim(ready: Ready, claims: Claims): Promise<Processed | Ready> {
  const claimed = await claims.take(ready.delivery);
  return 'outcome' in claimed ? withOutcome(ready, claimed.outcome) : { ...ready, delivery: claimed.delivery };
}

async function handOver(ready: readonly Ready[], dispatch: Dispatch): Promise<readonly Outcome[]> {
  if (ready.length === 0) return [];
  try {
    return await dispatch(ready.map(({ delivery }) => delivery));
  } catch (error) {
    const outcome: Outcome = { kind: 'failed', reason: 'internal_error', detail: describeError(error) };
    return ready.map(() => outcome);
  }
}
