import { identify } from '../catalogue/identify.ts';
import type { Provider } from '../catalogue/provider.ts';
import { schemeOf } from '../catalogue/scheme-of.ts';
import type { Clock } from '../clock.ts';
import { authenticate, type Authenticated } from '../delivery/authenticate.ts';
import { outcomeAttribute } from '../delivery/wire.ts';
import type { Log } from '../log.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { Queue, ReceivedMessage } from '../queue/queue.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { parseOutcome } from './outcome-attribute.ts';

export interface RedriveOptions {
  source: SourcePlan;
  provider: Provider;
  /** Where the messages go: named, since SQS cannot infer it for messages that we moved. */
  queue: Queue;
  deadLetterQueue: Queue;
  secrets: SecretStore;
  /** Only messages that rest for this reason, such as `signature_mismatch`, or of this kind: `rejected`, `failed`. @default all */
  reason?: string | undefined;
  /** Only these, by delivery id, request id or message id. @default all */
  ids?: readonly string[] | undefined;
  /** Says what would be done, and moves nothing. @default false */
  dryRun?: boolean | undefined;
  /** Told after each batch, for a progress bar. */
  progress?: ((report: RedriveReport) => void) | undefined;
  /** Ends it early, between two batches. */
  signal?: AbortSignal | undefined;
  clock: Clock;
  log: Log;
}

export interface RedriveReport {
  /** Into the source queue; with `dryRun`, that would be. */
  moved: number;
  /** Left where they are, by the reason for which they would fail again. */
  skipped: Readonly<Record<string, number>>;
  /** Left because `reason` or `ids` does not name them. */
  notSelected: number;
  /** Left because they entered after the redrive had begun. */
  newer: number;
  /** Could not be moved now; see the log. */
  failed: number;
}

/**
 * A message that was looked at stays invisible for so long, and comes back by itself if the redrive is killed; on one
 * machine at the next start.
 */
const visibilitySeconds = 300;
const waitSeconds = 1;
/** Batches without anything new that end it: SQS may give nothing, or the same again, while it still holds some. */
const emptyBatches = 2;

/**
 * Puts messages of the dead-letter queue back into the source queue, after it verified each with the secrets of now.
 * What would be refused again stays, and so does what entered after it began. Only the dead-letter queue is read:
 * reading a source queue would cost its messages a receive.
 *
 * @throws HookportError `queue_unavailable` when the dead-letter queue cannot be read
 */
export async function redrive(options: RedriveOptions): Promise<RedriveReport> {
  const { deadLetterQueue, clock, signal } = options;
  const startedAt = clock();
  const report = { moved: 0, skipped: {} as Record<string, number>, notSelected: 0, newer: 0, failed: 0 };
  const seen = new Set<string>();
  const left: ReceivedMessage[] = [];
  try {
    const isEnded = () => signal?.aborted === true;
    for (let idle = 0; idle < emptyBatches && !isEnded();) {
      const messages = await deadLetterQueue.receive({
        maxMessages: 10,
        waitSeconds,
        visibilityTimeoutSeconds: visibilitySeconds,
        untilExit: true,
        ...(signal && { signal }),
      });
      const fresh = messages.filter(({ messageId }) => !seen.has(messageId));
      for (const { messageId } of fresh) seen.add(messageId);
      const verdicts = await Promise.all(fresh.map((message) => handle(message, startedAt, options)));
      for (const [index, message] of fresh.entries()) {
        const verdict = verdicts[index];
        if (verdict?.kind === 'skipped') report.skipped[verdict.reason] = (report.skipped[verdict.reason] ?? 0) + 1;
        else if (verdict) report[verdict.kind] += 1;
        if (verdict?.kind !== 'moved' || options.dryRun) left.push(message);
      }
      // What came again after its time: its handle of now is the one that gives it back.
      left.push(...messages.filter((message) => !fresh.includes(message)));
      const foundOld = verdicts.some(({ kind }) => kind !== 'newer');
      idle = foundOld ? 0 : idle + 1;
      options.progress?.(report);
    }
  } finally {
    await giveBack(left, deadLetterQueue);
  }
  return report;
}

type Handled = { kind: 'moved' | 'newer' | 'notSelected' | 'failed' } | { kind: 'skipped'; reason: string };

async function handle(message: ReceivedMessage, startedAt: number, options: RedriveOptions): Promise<Handled> {
  // What the queue itself moved keeps its first SentTimestamp, so this tells only what was moved by us since then;
  // that is what a consumer puts there while this runs.
  if (message.sentAt > startedAt || (parseOutcome(message.attributes).at ?? 0) > startedAt) return { kind: 'newer' };
  if (!isForReason(message, options.reason)) return { kind: 'notSelected' };
  const { source, provider, queue, deadLetterQueue, secrets, ids, dryRun, log } = options;
  const authenticated = await authenticate(message, {
    source: source.id,
    scheme: schemeOf(provider, source.verify),
    secrets: freshSecrets(secrets, startedAt),
    toleranceSeconds: source.consumer?.toleranceSeconds,
    publicUrl: source.consumer?.publicUrl,
    method: source.route.method,
    unsigned: source.unsigned,
  });
  if (ids && !idsOf(message, authenticated, options).some((id) => ids.includes(id))) return { kind: 'notSelected' };
  if (!authenticated.ok) return { kind: 'skipped', reason: authenticated.outcome.reason };
  if (dryRun) return { kind: 'moved' };
  try {
    await deadLetterQueue.moveTo(queue, message, { [outcomeAttribute]: null });
    return { kind: 'moved' };
  } catch (error) {
    log.error('a message could not be moved back', {
      source: source.id,
      messageId: message.messageId,
      error: error instanceof Error ? error.message : String(error),
    });
    return { kind: 'failed' };
  }
}

function isForReason({ attributes }: ReceivedMessage, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const { kind, reason } = parseOutcome(attributes);
  // What the queue itself moved was received too often: it failed, for a reason that nobody wrote down.
  return wanted === reason || wanted === (kind === 'unknown' ? 'failed' : kind);
}

function idsOf(message: ReceivedMessage, { request, ...rest }: Authenticated, options: RedriveOptions): string[] {
  const ids = [message.messageId];
  if (!request) return ids;
  const body = rest.ok ? rest.body : request.body;
  const { deliveryId } = identify(options.provider, { headers: request.headers, body }, options.source.verify);
  return [...ids, request.requestId, deliveryId];
}

/** Secrets that were read after the redrive began: it usually runs because they have just been changed. */
function freshSecrets(secrets: SecretStore, startedAt: number): SecretStore {
  return {
    read: (source, options) => secrets.read(source, { notBefore: Math.max(startedAt, options?.notBefore ?? 0) }),
  };
}

async function giveBack(messages: readonly ReceivedMessage[], queue: Queue): Promise<void> {
  for (let start = 0; start < messages.length; start += 10) {
    const some = messages.slice(start, start + 10);
    // One that cannot be given back comes back when its visibility timeout ends.
    await Promise.all(some.map(({ receiptHandle }) => queue.changeVisibility(receiptHandle, 0).catch(() => undefined)));
  }
}
