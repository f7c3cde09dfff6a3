import type { Provider } from '../catalogue/provider.ts';
import type { Clock } from '../clock.ts';
import type { Deduplication } from '../deduplication/deduplication.ts';
import { allOf } from '../delivery/all-of.ts';
import type { Dispatch } from '../delivery/dispatch.ts';
import { createPipeline, type Processed } from '../delivery/pipeline.ts';
import type { DeliveryRecord } from '../delivery/record.ts';
import { HookportError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { CheckPayload } from '../payload-schema/check.ts';
import { workerRunSeconds } from '../plan/delivery-seconds.ts';
import type { SourcePlan } from '../plan/plan.ts';
import { longestVisibilitySeconds, type Queue, type ReceivedMessage } from '../queue/queue.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import type { EventBus } from './forward/event-bus.ts';
import { destinationOf } from './forward/forwards.ts';
import { createInHand } from './in-hand.ts';
import { createPoller } from './poller.ts';
import { toRecord } from './processed-record.ts';
import { carryOut, decideAction, isGivenUp } from './settle.ts';

export interface WorkerOptions {
  /** Must have a `consumer`. */
  source: SourcePlan;
  provider: Provider;
  queue: Queue;
  deadLetterQueue: Queue;
  /** Needed where the plan forwards to it. */
  verifiedQueue?: Queue | undefined;
  /** Needed where the plan forwards to one. */
  eventBus?: EventBus | undefined;
  /** Checks payloads, where the plan has a `payloadSchema`. */
  checkPayload?: CheckPayload | undefined;
  secrets: SecretStore;
  /** Used where the plan deduplicates. */
  deduplication?: Deduplication | undefined;
  /** The handler; without one, a verified delivery is only forwarded. */
  dispatch?: Dispatch | undefined;
  /** Put around the handler and all forwards together. @default nothing */
  guard?: ((dispatch: Dispatch) => Dispatch) | undefined;
  /** Told of each attempt after it was settled. */
  record: (record: DeliveryRecord) => void;
  clock: Clock;
  /** For durations, such as how long a message stays ours. @default `clock` */
  monotonic?: Clock;
  log: Log;
  /** As `Math.random`, for the jitter of delays. @default Math.random */
  random?: () => number;
}

export interface RunningWorker {
  /**
   * Receives no more, gives back what was not started, unless it would not come again, and resolves when what was started has
   * come to its outcome.
   */
  stop(): Promise<void>;
}

/**
 * Consumes a source's queue: polls it, puts each message through the pipeline and settles it. Handles at most
 * `concurrency` deliveries (or batches) at once, and receives no more than it can start; as many more may be on their way back to
 * the queue.
 *
 * @throws HookportError `internal` when the plan has no consumer, or what it forwards to is not given
 */
export function startWorker(options: WorkerOptions): RunningWorker {
  const { source, queue, deadLetterQueue, clock, monotonic = clock, log, random = Math.random } = options;
  const plan = source.consumer;
  if (!plan) throw new HookportError('internal', `source ${source.id} has no consumer`);
  const { guard = (dispatch: Dispatch) => dispatch } = options;
  const pipeline = createPipeline({
    ...options,
    dispatch: guard(destinationOf({ ...options, toHandler: options.dispatch })),
  });
  const runSeconds = workerRunSeconds(plan);
  const visibilityTimeoutSeconds = Math.min(
    Math.max(source.queue.visibilityTimeoutSeconds, Math.ceil(2 * runSeconds)),
    longestVisibilitySeconds,
  );
  const inHand = createInHand({ queue, visibilityTimeoutSeconds, clock: monotonic, log });

  /** @param began by `monotonic` */
  const settle = async (message: ReceivedMessage, processed: Processed, began: number) => {
    const heldSeconds = inHand.heldMs(message) / 1000;
    const context = { queue: source.queue, plan, heldSeconds, now: clock(), random };
    const action = decideAction(processed.outcome, message, context);
    let done = false;
    // More than once, so that a short fault of the queue does not hand a handled delivery over again.
    for (let attempt = 1; attempt <= 3 && !done; attempt++)
      try {
        await carryOut(action, message, { queue, deadLetterQueue });
        done = true;
      } catch (error) {
        if (attempt < 3) await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
        else
          log.error('a message could not be settled; it comes back when its visibility timeout ends', {
            source: source.id,
            error: error instanceof Error ? error.message : String(error),
          });
      }
    inHand.remove(message);
    const deadLettered = done && action.kind === 'deadLetter';
    const givenUp = isGivenUp(action, processed.outcome);
    const finishedAt = clock();
    // Not by the time of day, which may be set while a handler runs.
    const startedAt = finishedAt - Math.round(monotonic() - began);
    try {
      options.record(toRecord(source, message, processed, { startedAt, finishedAt, deadLettered, givenUp }));
    } catch (error) {
      log.error('an attempt could not be recorded', { source: source.id, error: String(error) });
    }
  };

  const giveBack = async (message: ReceivedMessage) => {
    inHand.remove(message);
    await queue.changeVisibility(message.receiptHandle, 0).catch(() => undefined);
  };

  const run = async (messages: readonly ReceivedMessage[]) => {
    const reserved = await allOf(messages.map((message) => inHand.reserve(message, runSeconds * 1000)));
    const startable = messages.filter((_, index) => reserved[index]);
    for (const [index, message] of messages.entries()) if (!reserved[index]) inHand.remove(message);
    const began = monotonic();
    const processed = await pipeline.process(startable);
    const settled = allOf(
      startable.map((message, index) => {
        const each = processed[index];
        return each && settle(message, each, began);
      }),
    );
    return { settled: settled.then(() => undefined) };
  };

  const poller = createPoller({
    queue,
    visibilityTimeoutSeconds,
    waitSeconds: source.queue.receiveWaitSeconds,
    concurrency: plan.concurrency,
    batch: plan.batch,
    received: (message) => inHand.add(message),
    run,
    isLastReceive: ({ receiveCount }) => receiveCount >= plan.maxReceiveCount,
    giveBack,
    clock: monotonic,
    log,
  });
  return {
    async stop() {
      await poller.stop();
      inHand.close();
    },
  };
}
