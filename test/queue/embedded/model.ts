import type { QueuePlan } from '../../../src/plan/plan.ts';
import type { ListedMessage } from '../../../src/queue/embedded/embedded-queue.ts';
import type { AttributeChanges, MessageAttributes, QueueDepth } from '../../../src/queue/queue.ts';

/** A message as the model has it: what a list shows, and what only the queue knows. */
interface Held extends ListedMessage {
  queue: string;
  /** Tells it from others even when a move gave it a new id. */
  row: number;
  firstReceivedAt?: number;
  deadLetterSource?: string;
  untilExit: boolean;
}

/** One receive of one message. */
export interface ModelReceipt {
  queue: string;
  message: Held;
  messageId: string;
  receiveCount: number;
}

const longestWaitMs = 43_200_000;
const correctionMs = 60_000;

/** SQS's semantics as a plain list, with what the embedded queue adds: its order, and what a restart gives back. */
export function createModel(plan: readonly QueuePlan[], startedAt: number) {
  let now = startedAt;
  let rows = 0;
  let held: Held[] = [];
  const settingsOf = (name: string) => plan.find((queue) => queue.name === name);
  const listed = (name: string) =>
    held.filter(({ queue }) => queue === name).toSorted((a, b) => a.sentAt - b.sentAt || a.row - b.row);
  const named = ({ queue, message, messageId, receiveCount }: ModelReceipt) =>
    held.includes(message) &&
    message.queue === queue &&
    message.messageId === messageId &&
    message.receiveCount === receiveCount;
  const moveOn = (message: Held, destination: string) => {
    message.queue = destination;
    // The queue makes it up; the next list tells.
    message.messageId = '';
    message.sentAt = Math.max(message.sentAt, now);
    message.visibleAt = now;
    message.enteredAt = now;
    message.receiveCount = 0;
    message.untilExit = false;
    delete message.firstReceivedAt;
    delete message.deadLetterSource;
  };

  return {
    listed,
    pass(ms: number) {
      now += ms;
    },
    send(queue: string, message: { messageId: string; body: string; attributes: MessageAttributes }, delayMs: number) {
      const times = { sentAt: now, enteredAt: now, visibleAt: now + delayMs };
      held.push({ ...message, ...times, queue, row: rows++, receiveCount: 0, untilExit: false });
    },
    receive(queue: string, maxMessages: number, visibilityTimeoutMs: number, untilExit: boolean): Held[] {
      const redrive = settingsOf(queue)?.redrive;
      const due = held.filter((message) => message.queue === queue && message.visibleAt <= now);
      const taken: Held[] = [];
      for (const message of due.toSorted(
        (a, b) => a.visibleAt - b.visibleAt || a.receiveCount - b.receiveCount || a.row - b.row,
      )) {
        if (taken.length === maxMessages) break;
        if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
          const times = { visibleAt: now, enteredAt: now };
          Object.assign(message, times, { queue: redrive.deadLetterQueue, deadLetterSource: queue, untilExit: false });
          continue;
        }
        message.receiveCount += 1;
        message.visibleAt = now + visibilityTimeoutMs;
        message.firstReceivedAt ??= Math.max(now, message.sentAt);
        message.untilExit = untilExit;
        taken.push(message);
      }
      return taken;
    },
    delete(receipt: ModelReceipt) {
      if (named(receipt)) held = held.filter((message) => message !== receipt.message);
    },
    changeVisibility(receipt: ModelReceipt, ms: number) {
      const { message } = receipt;
      if (!named(receipt) || message.visibleAt <= now) return false;
      message.visibleAt = now + ms;
      message.untilExit = false;
      return true;
    },
    moveTo(receipt: ModelReceipt, destination: string, changes: AttributeChanges) {
      if (!named(receipt)) return;
      const kept = Object.entries(receipt.message.attributes).filter(([name]) => !Object.hasOwn(changes, name));
      const set = Object.entries(changes).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
      receipt.message.attributes = Object.fromEntries([...kept, ...set]);
      moveOn(receipt.message, destination);
    },
    /** @returns what the task comes to */
    moveTask(queue: string, destination?: string): { status: 'COMPLETED' | 'FAILED'; moved: number } {
      let moved = 0;
      for (const message of listed(queue)) {
        if (message.visibleAt > now) continue;
        const to = destination ?? message.deadLetterSource;
        if (to === undefined) return { status: 'FAILED', moved };
        moveOn(message, to);
        moved += 1;
      }
      return { status: 'COMPLETED', moved };
    },
    /** @returns how many there were */
    purge(queue: string): number {
      const before = held.length;
      held = held.filter((message) => message.queue !== queue);
      return before - held.length;
    },
    /** The process ends, and another begins at a time that may be earlier. */
    restart(at: number) {
      now = at;
      for (const message of held) {
        if (message.untilExit) {
          message.visibleAt = Math.min(message.visibleAt, message.sentAt);
          message.receiveCount -= 1;
          message.untilExit = false;
        }
        const isOfFuture = Math.max(message.sentAt, message.firstReceivedAt ?? 0) > now + correctionMs;
        const waitsTooLong =
          isOfFuture || message.visibleAt <= message.sentAt || message.visibleAt > now + longestWaitMs;
        if (message.visibleAt > now && waitsTooLong) message.visibleAt = now;
      }
    },
    depth(queue: string): QueueDepth {
      const all = listed(queue);
      const hidden = all.filter(({ visibleAt }) => visibleAt > now);
      const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0).length;
      return { visible: all.length - hidden.length, inFlight: hidden.length - delayed, delayed };
    },
  };
}
