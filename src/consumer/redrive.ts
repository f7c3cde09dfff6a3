import { identify } from '../catalogue/identify.ts';
import type { Provider } from '../catalogue/provider.ts';
import type { Clock } from '../clock.ts';
import { authenticate, type Authenticated, authenticationOf, wantingSecretReasons } from '../delivery/authenticate.ts';
import { payloadMismatch } from '../delivery/check-payload.ts';
import { isWanted } from '../delivery/is-wanted.ts';
import { outcomeAttribute } from '../delivery/wire.ts';
import type { Log } from '../log.ts';
import type { CheckPayload } from '../payload-schema/check.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { Queue, ReceivedMessage } from '../queue/queue.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { rejectionReasons } from '../signature/types.ts';
import { asksForClaims, type DeadLetterSelection, isForClaims, isForReason } from './dead-letter-selection.ts';
import { enteredAfter, parseOutcome } from './outcome-attribute.ts';
import { walkDeadLetters } from './walk-dead-letters.ts';

export interface RedriveOptions extends DeadLetterSelection {
  source: SourcePlan;
  provider: Provider;
  /** Where the messages go: named, since SQS cannot infer it for messages that we moved. */
  queue: Queue;
  deadLetterQueue: Queue;
  secrets: SecretStore;
  /** Checks payloads, where the source's plan has a `payloadSchema`. */
  checkPayload?: CheckPayload | undefined;
  /** Says what would be done, and moves nothing. @default false */
  dryRun?: boolean | undefined;
  /** Told after each batch, for a progress bar. */
  progress?: ((report: RedriveReport) => void) | undefined;
  /** For long polling of the dead-letter queue. @default 1 */
  waitSeconds?: number | undefined;
  /** Ends it early, between two batches. */
  signal?: AbortSignal | undefined;
  clock: Clock;
  /** The time by which the queue tells when a message was sent to it. @default `clock` */
  queueClock?: Clock | undefined;
  log: Log;
}

export interface RedriveReport {
  /** Into the source queue; with `dryRun`, that would be. */
  moved: number;
  /** Left where they are, by the reason for which they would fail again. */
  skipped: Readonly<Record<string, number>>;
  /** Left because the selection does not name them. */
  notSelected: number;
  /** Left because they entered after the redrive had begun. */
  newer: number;
  /** Could not be moved now; see the log. */
  failed: number;
}

/**
 * Puts messages of the dead-letter queue back into the source queue, after it verified each with the secrets of now.
 * What would be refused again stays, and so does what entered after it began. Only the dead-letter queue is read:
 * reading a source queue would cost its messages a receive.
 *
 * @throws HookportError `queue_unavailable` when the dead-letter queue cannot be read
 */
export async function redrive(options: RedriveOptions): Promise<RedriveReport> {
  const { deadLetterQueue, clock, queueClock = clock, signal, dryRun = false } = options;
  const startedAt = clock();
  const enteredBy = queueClock();
  const moved = new Set<string>();
  const report = { moved: 0, skipped: {} as Record<string, number>, notSelected: 0, newer: 0, failed: 0 };
  await walkDeadLetters(deadLetterQueue, {
    signal,
    waitSeconds: options.waitSeconds,
    onBatch: () => options.progress?.(report),
    async visit(message) {
      const handled = await handle(message, { startedAt, enteredBy, moved }, options);
      if (handled.kind === 'skipped') report.skipped[handled.reason] = (report.skipped[handled.reason] ?? 0) + 1;
      else report[handled.kind] += 1;
      if (handled.kind === 'moved' && !dryRun) return 'gone';
      return handled.kind === 'newer' ? 'newer' : 'left';
    },
  });
  return report;
}

type Handled = { kind: 'moved' | 'newer' | 'notSelected' | 'failed' } | { kind: 'skipped'; reason: string };

interface Run {
  startedAt: number;
  /** The same, by the time of the queue. */
  enteredBy: number;
  /** Request ids. Where the clock of this machine is ahead, they alone tell what comes back from the consumer. */
  moved: Set<string>;
}

async function handle(
  message: ReceivedMessage,
  { startedAt, enteredBy, moved }: Run,
  options: RedriveOptions,
): Promise<Handled> {
  // What a consumer puts there while this runs.
  if (enteredAfter(message, enteredBy)) return { kind: 'newer' };
  if (!isForReason(parseOutcome(message.attributes), options.reason)) return { kind: 'notSelected' };
  const { source, provider, queue, deadLetterQueue, secrets, dryRun, log } = options;
  const authenticated = await authenticate(message, {
    ...authenticationOf(source, provider),
    secrets: freshSecrets(secrets, startedAt),
    clock: options.clock,
  });
  const claims = authenticated.ok || asksForClaims(options) ? claimsOf(message, authenticated, options) : undefined;
  if (claims && !isForClaims(claims, options)) return { kind: 'notSelected' };
  if (!authenticated.ok) return { kind: 'skipped', reason: authenticated.outcome.reason };
  const { reason } = parseOutcome(message.attributes);
  if (isOnlyAuthorized(source) && isOfSignature(reason, source)) return { kind: 'skipped', reason };
  const { body, request } = authenticated;
  const mismatch = isWanted(source, claims?.eventType) && payloadMismatch({ headers: request.headers, body }, options);
  if (mismatch) return { kind: 'skipped', reason: mismatch.reason };
  if (dryRun) return { kind: 'moved' };
  const { requestId } = request;
  if (moved.has(requestId)) return { kind: 'newer' };
  moved.add(requestId);
  try {
    await deadLetterQueue.moveTo(queue, message, { [outcomeAttribute]: null });
    return { kind: 'moved' };
  } catch (error) {
    moved.delete(requestId);
    log.error('a message could not be moved back', {
      source: source.id,
      messageId: message.messageId,
      error: error instanceof Error ? error.message : String(error),
    });
    return { kind: 'failed' };
  }
}

/** Tokens are asked for at the endpoint alone: what an earlier provider's signature refused, or could not be verified, came in without one, and would pass. */
function isOnlyAuthorized({ unsigned, route }: SourcePlan): boolean {
  return unsigned === true && route.authorize !== undefined;
}

/** A forward has a secret too, for want of which verified deliveries come to rest. */
function isOfSignature(reason: string, { consumer }: SourcePlan): boolean {
  return Object.hasOwn(rejectionReasons, reason) || (ofSecrets.has(reason) && !consumer?.forward?.http);
}

const ofSecrets: ReadonlySet<string> = new Set(wantingSecretReasons);

function claimsOf(message: ReceivedMessage, { request, ...rest }: Authenticated, options: RedriveOptions) {
  if (!request) return { eventType: undefined, ids: [message.messageId] };
  const body = rest.ok ? rest.body : request.body;
  const { deliveryId, eventType } = identify(
    options.provider,
    { headers: request.headers, query: request.query, body },
    options.source.verify,
  );
  return { eventType, ids: [message.messageId, request.requestId, deliveryId] };
}

/** Secrets that were read after the redrive began: it usually runs because they have just been changed. */
function freshSecrets(secrets: SecretStore, startedAt: number): SecretStore {
  return {
    read: (source, options) => secrets.read(source, { notBefore: Math.max(startedAt, options?.notBefore ?? 0) }),
  };
}
