import type { Queue } from '../../src/queue/queue.ts';

/** A contender: one queue, in this process and over HTTP. */
export interface OpenedQueue {
  queue: Pick<Queue, 'send' | 'receive' | 'delete'>;
  port: number;
  /** Sends so many, in whatever way is fastest: this is not measured. */
  fill(count: number): Promise<void>;
  close(): Promise<void>;
}

/** By id, as the results name them. */
export type QueueContender = 'hookport' | 'memory' | 'persisted';
