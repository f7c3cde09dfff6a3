import type { QueuePlan } from '../../plan/plan.ts';
import type { NewMessage } from './messages.ts';

/** A queue as its clients know it. */
export interface ClientQueue {
  /** Its number in the database. */
  id: number;
  settings: QueuePlan;
  createdAt: number;
}

/**
 * Hands a message over to the engine, and resolves when it is on disk.
 *
 * @throws HookportError `queue_unavailable` (as a rejection)
 */
export type Send = (message: OutgoingBytes) => Promise<void>;

export interface OutgoingBytes extends Omit<NewMessage, 'sentAt'> {
  queue: ClientQueue;
  delayMs: number;
  /** The least that `sentAt` becomes, epoch milliseconds. */
  sentNotBefore: number;
}
