import type { Provider } from '../catalogue/provider.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { Queue, ReceivedMessage } from '../queue/queue.ts';
import { describeDeadLetter } from './dead-letter.ts';
import { asksForClaims, type DeadLetterSelection, isForClaims, isForReason } from './dead-letter-selection.ts';
import { enteredAfter, parseOutcome } from './outcome-attribute.ts';
import { walkDeadLetters } from './walk-dead-letters.ts';

export interface PurgeOptions extends DeadLetterSelection {
  source: SourcePlan;
  provider: Provider;
  deadLetterQueue: Queue;
  /** Leaves what entered later, epoch milliseconds: of the dry run that somebody was told of. @default when it begins */
  asOf?: number | undefined;
  /** Says what would be deleted, and deletes nothing. @default false */
  dryRun?: boolean | undefined;
  /** Told after each batch, for a progress bar. */
  progress?: ((report: PurgeReport) => void) | undefined;
  /** For long polling of the dead-letter queue. @default 1 */
  waitSeconds?: number | undefined;
  /** Ends it early, between two batches. */
  signal?: AbortSignal | undefined;
  clock: Clock;
  log: Log;
}

export interface PurgeReport {
  /** For good; with `dryRun`, that would be. */
  deleted: number;
  /** Left because the selection does not name them. */
  notSelected: number;
  /** Left because they entered after `asOf`. */
  newer: number;
  /** Could not be deleted now; see the log. */
  failed: number;
  /** ISO 8601: what entered later was left. */
  asOf: string;
}

/**
 * Deletes the selected messages of a dead-letter queue, for good. What entered after it began, or after `asOf`, stays.
 *
 * @throws HookportError `queue_unavailable` when the dead-letter queue cannot be read
 */
export async function purgeDeadLetters(options: PurgeOptions): Promise<PurgeReport> {
  const { source, deadLetterQueue, dryRun = false, progress, signal, clock, log } = options;
  const { asOf = clock() } = options;
  const report: PurgeReport = { deleted: 0, notSelected: 0, newer: 0, failed: 0, asOf: new Date(asOf).toISOString() };
  await walkDeadLetters(deadLetterQueue, {
    signal,
    waitSeconds: options.waitSeconds,
    onBatch: () => progress?.(report),
    async visit(message) {
      if (enteredAfter(message, asOf)) {
        report.newer += 1;
        return 'newer';
      }
      if (!isForReason(parseOutcome(message.attributes), options.reason) || !isClaimed(message, options)) {
        report.notSelected += 1;
        return 'left';
      }
      if (dryRun) {
        report.deleted += 1;
        return 'left';
      }
      try {
        await deadLetterQueue.delete(message.receiptHandle);
        report.deleted += 1;
        return 'gone';
      } catch (error) {
        report.failed += 1;
        log.error('a message could not be deleted', {
          source: source.id,
          messageId: message.messageId,
          error: error instanceof Error ? error.message : String(error),
        });
        return 'left';
      }
    },
  });
  return report;
}

function isClaimed(message: ReceivedMessage, options: PurgeOptions): boolean {
  if (!asksForClaims(options)) return true;
  const { eventType, messageId, requestId, deliveryId } = describeDeadLetter(
    message,
    options.provider,
    options.source.verify,
  );
  return isForClaims({ eventType, ids: [messageId, requestId, deliveryId] }, options);
}
