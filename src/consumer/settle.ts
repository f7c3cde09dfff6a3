import { longestRetrySeconds } from '../delivery/handler-errors.ts';
import type { Outcome } from '../delivery/outcome.ts';
import { deliverySeconds } from '../plan/delivery-seconds.ts';
import type { ConsumerPlan, QueuePlan } from '../plan/plan.ts';
import { endpointAttributes, outcomeAttribute } from '../delivery/wire.ts';
import {
  type AttributeChanges,
  longestVisibilitySeconds,
  type MessageAttributes,
  type Queue,
  type ReceivedMessage,
} from '../queue/queue.ts';
import { backoffSeconds } from './backoff.ts';
import { formatOutcome } from './outcome-attribute.ts';

/** What is done with a message after its outcome. */
export type Action =
  | { kind: 'delete' }
  /** Into the dead-letter queue with these attributes, then deleted. */
  | { kind: 'deadLetter'; attributes: MessageAttributes }
  /** Stays in its queue and becomes visible after so many seconds. */
  | { kind: 'retry'; seconds: number };

export interface SettleContext {
  queue: Pick<QueuePlan, 'retentionSeconds'>;
  plan: Pick<ConsumerPlan, 'maxReceiveCount' | 'onRejected' | 'timeoutSeconds' | 'forward'>;
  /** How long ago it was received, in seconds. @default 0, for a function: its 15 minutes are too short to matter */
  heldSeconds?: number;
  /** Epoch milliseconds, by the clock of the consumer. */
  now: number;
  /** As `Math.random`. */
  random: () => number;
}

/**
 * SQS hides a message for 12 hours from its receive, and refuses what would end later, as it refuses a handle that it no
 * longer knows. Less two minutes: it received before its answer was here, and the call may take more than one try.
 */
const longestHiddenSeconds = longestVisibilitySeconds - 120;

/** Decides what becomes of a message: the table of the consumer's outcomes. */
export function decideAction(
  outcome: Outcome,
  message: Pick<ReceivedMessage, 'receiveCount' | 'sentAt' | 'firstReceivedAt'>,
  context: SettleContext,
): Action {
  const { receiveCount } = message;
  const { plan, heldSeconds = 0, now, random } = context;
  if (outcome.kind !== 'rejected' && outcome.kind !== 'failed') return { kind: 'delete' };
  const drop = outcome.kind === 'rejected' && plan.onRejected === 'drop' && !mayBeGenuine.has(outcome.reason);
  if (drop) return { kind: 'delete' };
  if (outcome.kind === 'rejected' || receiveCount >= plan.maxReceiveCount)
    return { kind: 'deadLetter', attributes: formatOutcome(outcome, { attempts: receiveCount, at: now }) };
  const asked = outcome.retryAfterSeconds ?? backoffSeconds(receiveCount, random);
  const longest = Math.max(0, Math.min(longestRetrySeconds, longestHiddenSeconds - Math.ceil(heldSeconds)));
  const seconds = Math.min(Math.max(Math.ceil(asked), 0), longest);
  if (now + seconds * 1000 <= lastRetryAt(message, context)) return { kind: 'retry', seconds };
  const detail = `${outcome.detail}; not tried again: its queue would have deleted it by then`;
  return { kind: 'deadLetter', attributes: formatOutcome({ ...outcome, detail }, { attempts: receiveCount, at: now }) };
}

/** Whether nothing more is tried, since it failed too often or too late. */
export function isGivenUp(action: Action, outcome: Outcome): boolean {
  return action.kind === 'deadLetter' && outcome.kind === 'failed';
}

/**
 * When a message may be tried again at the latest, epoch milliseconds: SQS deletes what is older than the retention, also
 * while it is hidden, and nobody hears of it. A receiver or a handler may ask for a delay that is longer, and a message may have
 * waited for almost all of it.
 */
function lastRetryAt(
  { sentAt, firstReceivedAt }: Pick<ReceivedMessage, 'sentAt' | 'firstReceivedAt'>,
  { queue, plan, now }: SettleContext,
): number {
  // The clock of the consumer is behind that of the queue where it was set back since.
  const behindMs = Math.max(0, firstReceivedAt - now);
  return sentAt - behindMs + (queue.retentionSeconds - deliverySeconds(plan)) * 1000;
}

/** Kept even where rejected deliveries are dropped: verified ones, and those that could not be judged here. */
const mayBeGenuine: ReadonlySet<string> = new Set([
  'permanent_error',
  'payload_mismatch',
  'forward_refused',
  'unknown_wire_version',
  'other_provider',
  'missing_context',
  'verification_error',
]);

/**
 * Carries an action out. @throws HookportError `queue_unavailable`; the message then comes back by itself when its
 * visibility timeout ends, so nothing is lost.
 */
export function carryOut(
  action: Action,
  message: ReceivedMessage,
  { queue, deadLetterQueue }: { queue: Queue; deadLetterQueue: Queue },
): Promise<unknown> {
  switch (action.kind) {
    case 'delete':
      return queue.delete(message.receiptHandle);
    case 'deadLetter':
      return queue.moveTo(deadLetterQueue, message, { ...withRoom(message.attributes), ...action.attributes });
    case 'retry':
      return queue.changeVisibility(message.receiptHandle, action.seconds);
  }
}

/** SQS takes so many attributes of a message. */
const maxAttributes = 10;

/**
 * The endpoint writes two attributes; whoever else sends, or injects some by a header, may use up all that SQS takes.
 * Then so many of theirs go that the reason has room: without it SQS would refuse the move at each receive.
 */
function withRoom(attributes: MessageAttributes): AttributeChanges {
  const names = Object.keys(attributes).filter((name) => name !== outcomeAttribute);
  const excess = names.length + 1 - maxAttributes;
  if (excess <= 0) return {};
  const foreign = names.filter((name) => !endpointAttributes.has(name));
  return Object.fromEntries(foreign.slice(-excess).map((name) => [name, null]));
}
