import type { QueuePlan } from '../../plan/plan.ts';
import type { NewMessage } from './messages.ts';

/** A queue as its clients know it. */
export interface ClientQueue {
  /** Its number in the database. */
  id: number;
  settings: QueuePlan;
  createdAt: number;
}

/** How a client hands messages over to the engine. */
export interface Sender {
  /**
   * Resolves when the message is on disk.
   *
   * @throws HookportError `queue_unavailable` (as a rejection)
   */
  send(message: OutgoingBytes): Promise<void>;
  /** Calls back with where in the intake log that ends which was sent before the call; see `IntakeWriter.mark`. 0 without a log */
  mark(reached: (position: number) => void): void;
}

export interface OutgoingBytes extends Omit<NewMessage, 'sentAt'> {
  queue: ClientQueue;
  delayMs: number;
  /** The least that `sentAt` becomes, epoch milliseconds. */
  sentNotBefore: number;
}
