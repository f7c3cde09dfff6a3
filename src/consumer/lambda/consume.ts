import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Provider } from '../../catalogue/provider.ts';
import type { Clock } from '../../clock.ts';
import type { Deduplication } from '../../deduplication/deduplication.ts';
import { allOf } from '../../delivery/all-of.ts';
import { type Dispatch, dispatchInProcess } from '../../delivery/dispatch.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import { createPipeline } from '../../delivery/pipeline.ts';
import type { DeliveryRecord } from '../../delivery/record.ts';
import { HookportError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { CheckPayload } from '../../payload-schema/check.ts';
import { deliverySeconds } from '../../plan/delivery-seconds.ts';
import type { ConsumerPlan, SourcePlan } from '../../plan/plan.ts';
import type { Queue, ReceivedMessage } from '../../queue/queue.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import type { EventBus } from '../forward/event-bus.ts';
import { destinationOf } from '../forward/forwards.ts';
import { toRecord } from '../processed-record.ts';
import { type Action, carryOut, decideAction, isGivenUp } from '../settle.ts';
import { toReceivedMessage } from './sqs-event.ts';

export interface LambdaConsumerOptions {
  source: SourcePlan;
  provider: Provider;
  /** Gives the handler's module; absent where the source only forwards. */
  load?: (() => Promise<unknown>) | undefined;
  queue: Queue;
  deadLetterQueue: Queue;
  verifiedQueue?: Queue | undefined;
  eventBus?: EventBus | undefined;
  /** Checks payloads, where the plan has a `payloadSchema`. */
  checkPayload?: CheckPayload | undefined;
  secrets: SecretStore;
  deduplication?: Deduplication | undefined;
  /** Told of each attempt of an invocation, after they were settled. */
  record: (records: readonly DeliveryRecord[]) => void;
  clock: Clock;
  /** As `Math.random`. */
  random: () => number;
  log: Log;
}

export type LambdaConsumer = (
  event: SQSEvent,
  context: { getRemainingTimeInMillis(): number },
) => Promise<SQSBatchResponse>;

/** What must be left of the function's time after a delivery, to settle it. */
const settleMs = 3000;

/**
 * The consumer as a Lambda function behind an event source mapping that reports partial failures: the mapping receives
 * and deletes; what failed stays with its delay, and what is put aside is moved here.
 *
 * @throws HookportError `internal` when the plan has no consumer, or one without handler and forward
 */
export function createLambdaConsumer(options: LambdaConsumerOptions): LambdaConsumer {
  const { source, clock, log } = options;
  const plan = source.consumer;
  if (!plan) throw new HookportError('internal', `source ${source.id} has no consumer`);
  let endsAt = 0;
  const { load, provider } = options;
  const timeoutMs = plan.timeoutSeconds * 1000;
  const toHandler = load && dispatchInProcess({ load, file: plan.handler, provider, timeoutMs, log });
  const dispatch = withinTime(destinationOf({ ...options, toHandler }), plan, () => endsAt - clock());
  const pipeline = createPipeline({ ...options, dispatch });

  return async (event, context) => {
    const startedAt = clock();
    endsAt = startedAt + context.getRemainingTimeInMillis();
    const messages = event.Records.map(toReceivedMessage);
    const processed = await pipeline.process(messages);
    const settled = await allOf(
      messages.map((message, index) => settle(message, processed[index]?.outcome, plan, options)),
    );
    try {
      const records: DeliveryRecord[] = [];
      for (const [index, message] of messages.entries()) {
        const each = processed[index];
        const how = settled[index];
        if (!each || !how) continue;
        const { finishedAt, deadLettered, givenUp } = how;
        records.push(toRecord(source, message, each, { startedAt, finishedAt, deadLettered, givenUp }));
      }
      options.record(records);
    } catch (error) {
      log.error('attempts could not be recorded', { source: source.id, error: String(error) });
    }
    const stay = messages.filter((_, index) => settled[index]?.stays ?? true);
    return { batchItemFailures: stay.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

interface Settled {
  deadLettered: boolean;
  givenUp: boolean;
  /** In its queue: the mapping deletes whatever is not reported as failed. */
  stays: boolean;
  finishedAt: number;
}

/** Carries out what its outcome asks for; a promise only if that takes a call of the queue. */
function settle(
  message: ReceivedMessage,
  outcome: Outcome | undefined,
  plan: ConsumerPlan,
  options: LambdaConsumerOptions,
): Settled | undefined | Promise<Settled> {
  if (!outcome) return undefined;
  const { source, clock, random } = options;
  const now = clock();
  const action = decideAction(outcome, message, { queue: source.queue, plan, now, random });
  if (action.kind === 'delete') return { deadLettered: false, givenUp: false, stays: false, finishedAt: now };
  return carryOutOrKeep(action, isGivenUp(action, outcome), message, options);
}

/** What could not be carried out stays, and comes back by itself. */
async function carryOutOrKeep(
  action: Action,
  givenUp: boolean,
  message: ReceivedMessage,
  { queue, deadLetterQueue, clock, log, source }: LambdaConsumerOptions,
): Promise<Settled> {
  try {
    await carryOut(action, message, { queue, deadLetterQueue });
    const deadLettered = action.kind === 'deadLetter';
    return { deadLettered, givenUp, stays: action.kind === 'retry', finishedAt: clock() };
  } catch (error) {
    log.error('a message could not be settled; it comes back when its visibility timeout ends', {
      source: source.id,
      messageId: message.messageId,
      error: error instanceof Error ? error.message : String(error),
    });
    return { deadLettered: false, givenUp, stays: true, finishedAt: clock() };
  }
}

/**
 * Starts nothing that the function could not finish: Lambda would end it in the middle, and every delivery of the batch
 * would count as tried. The function's timeout fits its batch, so this takes a store that hardly answers; it may go on
 * for minutes, so the next attempt waits as after any failure.
 */
function withinTime(dispatch: Dispatch, plan: ConsumerPlan, remainingMs: () => number): Dispatch {
  const deliveryMs = deliverySeconds(plan) * 1000;
  return (deliveries) =>
    remainingMs() >= deliveryMs * deliveries.length + settleMs
      ? dispatch(deliveries)
      : Promise.resolve(deliveries.map((): Outcome => notStarted));
}

const notStarted = {
  kind: 'failed',
  reason: 'handler_timeout',
  detail: 'not started: the function had too little time left to let it finish',
} as const;
