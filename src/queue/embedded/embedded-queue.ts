import type { MessagePort } from 'node:worker_threads';
import type { QueuePlan } from '../../plan/plan.ts';
import type { CheckedAttributes } from '../attribute-rules.ts';
import type { MessageAttributes, Queue, SendRefusal, SendResult } from '../queue.ts';
import type { UnreachableQueue } from './unreachable.ts';

/** All queues of one data folder. Any number of threads may hold a client; the database belongs to the engine thread. */
export interface EmbeddedQueues {
  /** Throws `queue_not_found`. The same name gives the same object. */
  queue(name: string): EmbeddedQueue;
  /** Those of the plan, in its order. */
  names(): readonly string[];
  /** What the data folder keeps in queues that the plan does not name. Told where the queues were opened; elsewhere empty. */
  readonly unreachable: readonly UnreachableQueue[];
  /** Queues that keep for less long than at the start before, and how many messages go for that. As above. */
  readonly shortened: readonly { name: string; messages: number }[];
  /** A port for `attachEmbeddedQueues` in another thread; put it into that thread's transfer list. */
  connect(): MessagePort;
  /** Ends a move task. @returns undefined when no task of that handle is running */
  cancelMoveTask(taskHandle: string): Promise<{ moved: number } | undefined>;
  /**
   * Waits for what this client asked for, but for waiting receives, which resolve empty. Where the queues were opened it
   * also ends the engine for all clients and closes the database; an attached client just leaves.
   */
  close(): Promise<void>;
}

/** A queue on this machine. Beyond the port: what the inspector and the SQS endpoint need. */
export interface EmbeddedQueue extends Queue {
  /**
   * A `send` of what need not be taken apart and put together again.
   *
   * @param body meant to be text in UTF-8, refused otherwise; it must not change before the turn of the event loop ends
   * @param arrivedAt epoch milliseconds; `sentAt` is never earlier, even if the clock is set back meanwhile
   */
  sendBytes(body: Buffer, attributes: CheckedAttributes, arrivedAt: number): Promise<SendResult>;
  readonly settings: QueuePlan;
  /** When this data folder first saw the queue, epoch milliseconds. */
  readonly createdAt: number;
  /** Deletes, in small steps, every message that was in the queue at the call. @returns how many */
  purge(): Promise<number>;
  /** Reads messages without receiving them, in the order of `sentAt`. What the disk lost is left out, and warned of. */
  list(options: ListOptions): Promise<MessageList>;
  /** SQS's StartMessageMoveTask with this queue as the source. Runs in the background and ends with the process. */
  startMoveTask(options?: MoveTaskOptions): Promise<{ ok: true; taskHandle: string } | SendRefusal>;
  /** This queue's tasks since the start of the process, newest first, at most ten. */
  moveTasks(): Promise<MoveTask[]>;
}

export interface ListOptions {
  /** 1 to 1000. A page also ends after 8 MiB of bodies. */
  limit: number;
  /** `next` of the page before. */
  after?: string;
  /** @default false */
  newestFirst?: boolean;
}

export interface MessageList {
  messages: ListedMessage[];
  /** Absent after the last page. */
  next?: string;
}

/** A message at rest. Times are epoch milliseconds. */
export interface ListedMessage {
  messageId: string;
  body: string;
  attributes: MessageAttributes;
  sentAt: number;
  /** When it came into this queue: `sentAt`, or when a redrive policy moved it here. */
  enteredAt: number;
  visibleAt: number;
  /** 0 if it was never received. */
  receiveCount: number;
}

export interface MoveTaskOptions {
  /** Name of a queue. @default the queue from which the redrive policy took each message */
  destination?: string;
  /** 1 to 500 messages per second. @default as fast as small steps allow */
  maxPerSecond?: number;
}

/** SQS's states and words. */
export interface MoveTask {
  taskHandle: string;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  source: string;
  destination?: string;
  maxPerSecond?: number;
  /** Epoch milliseconds. */
  startedAt: number;
  moved: number;
  /** How many the queue held at the start, in flight included. */
  toMove: number;
  /** `CouldNotDetermineMessageSource`: a message was sent to this queue, so its destination must be named. */
  failureReason?: string;
}
