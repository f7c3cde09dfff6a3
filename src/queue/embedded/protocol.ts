import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../errors.ts';
import type { QueuePlan } from '../../plan/plan.ts';
import type { QueueDepth, SendRefusal } from '../queue.ts';
import type { LostPart } from './intake/take-over.ts';
import type { StoredMessage } from './messages.ts';
import type { ListOptions, MessageList, MoveTask, MoveTaskOptions } from './embedded-queue.ts';
import type { Store } from './store.ts';
import type { UnreachableQueue } from './unreachable.ts';

/** What a client asks the engine: by kind, its arguments (queues by name) and what comes back. */
export interface Commands {
  /**
   * Of a guest: the owner writes into the intake log. `attributes` is JSON, so that the engine stores it as it comes, and the
   * body UTF-8; `sentNotBefore` is the least that `sentAt` becomes, epoch milliseconds.
   */
  send: {
    args: [
      queue: string,
      messageId: string,
      attributes: string,
      delayMs: number,
      sentNotBefore: number,
      body: Uint8Array,
    ];
    reply: void;
  };
  receive: {
    args: [queue: string, maxMessages: number, waitMs: number, visibilityTimeoutMs: number, untilExit: boolean];
    reply: StoredMessage[];
  };
  /** Ends a waiting receive of the same client, which then resolves empty. */
  cancel: { args: [receive: number]; reply: void };
  delete: { args: [queue: string, handle: string]; reply: void };
  /** Whether it was in flight. */
  visibility: { args: [queue: string, handle: string, visibleInMs: number]; reply: boolean };
  move: { args: [queue: string, destination: string, handle: string, attributes: string]; reply: void };
  depth: { args: [queue: string]; reply: QueueDepth };
  list: { args: [queue: string, options: ListOptions]; reply: MessageList };
  /** `before`: where the owner's intake log ended at the call; 0 for a guest. */
  purge: { args: [queue: string, before: number]; reply: number };
  startMoveTask: {
    args: [queue: string, options: MoveTaskOptions];
    reply: { ok: true; taskHandle: string } | SendRefusal;
  };
  moveTasks: { args: [queue: string]; reply: MoveTask[] };
  cancelMoveTask: { args: [taskHandle: string]; reply: { moved: number } | undefined };
  /** Answered once the engine has written everything that was announced in the intake log. */
  catchUp: { args: []; reply: void };
  connect: { args: [port: MessagePort]; reply: void };
  /** Ends the engine for all. */
  close: { args: []; reply: void };
}

export type CommandKind = keyof Commands;

/** One command; `seq` is the client's own number for it. */
export type Request = {
  [K in CommandKind]: readonly [seq: number, kind: K, ...args: Commands[K]['args']];
}[CommandKind];

/** Everything a client asked for within one turn of its event loop. Without a request, it calls the engine to the intake log. */
export type Requests = readonly Request[];

/** First on every new port: the queues, or why there are none. */
export type Hello =
  | {
      queues: readonly { id: number; settings: QueuePlan; createdAt: number }[];
      /** For the owner. */
      intake?: IntakeStart;
      /** For the owner. */
      unreachable?: readonly UnreachableQueue[];
      /** For the owner. */
      shortened?: Store['shortened'];
      /** For the owner. */
      lost?: readonly LostPart[];
    }
  | { failed: { code: ErrorCode; message: string } };

export interface IntakeStart {
  /** Where the first record in the intake log goes. */
  at: number;
  /** As of {@link IntakeState}. */
  freed: number;
  stalled: boolean;
  /** Of a `Bell`. */
  bell: SharedArrayBuffer;
}

/** What the engine thread starts with. */
export interface EngineData {
  /** The database. */
  file: string;
  /** Of the intake log. */
  logFolder: string;
  /** Where an earlier Hookport had it. */
  earlierLog: string;
  queues: readonly QueuePlan[];
  clockOffsetMs: number;
  /** Of the first client. */
  port: MessagePort;
}

/** What one turn of the engine answers to one client: commands without a value by their number alone. */
export interface Replies {
  done: number[];
  values: [seq: number, value: unknown][];
  failed: [seq: number, message: string][];
  /** For the owner. */
  intake?: IntakeState;
  /** For the owner: what the engine found damaged while it ran. */
  lost?: LostPart[];
}

/** How far the engine is with the intake log. */
export interface IntakeState {
  /** It has everything before that position, on disk. */
  freed: number;
  /** It could not write what it took over last. */
  stalled: boolean;
}
