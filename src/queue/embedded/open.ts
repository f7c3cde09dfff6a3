import { once } from 'node:events';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { QueuePlan } from '../../plan/plan.ts';
import { attachEmbeddedQueues } from './attach.ts';
import type { EmbeddedQueues } from './embedded-queue.ts';
import type { LostPart } from './intake/take-over.ts';
import type { EngineData } from './protocol.ts';
import { createSendClock } from '../../steady-clock.ts';

export interface OpenOptions {
  /** Exists already and is held by this process; see `openDataFolder`. In it are the database `queues.db` and the log `intake/`. */
  folder: string;
  /** Queues of the database that are not named here keep their messages and cannot be reached. */
  queues: readonly QueuePlan[];
  /** Added to the time of day, for tests of what happens days later. @default 0 */
  clockOffsetMs?: number;
  /** The engine broke down: nothing is accepted any more, and the process had better start again. @default nothing */
  onFailure?: (error: Error) => void;
  /** The disk has damaged or lost a part of the intake log: told by the start, before it resolves or rejects for anything else, and while it runs. @default nothing */
  onLoss?: (part: LostPart) => void;
}

/**
 * Opens the embedded queues in a thread of their own.
 *
 * @throws HookportError `data_folder_unusable` when the database cannot be opened or is of a newer Hookport
 */
export async function openEmbeddedQueues(options: OpenOptions): Promise<EmbeddedQueues> {
  const { folder, queues, clockOffsetMs = 0, onFailure, onLoss } = options;
  const { port1, port2 } = new MessageChannel();
  const data: EngineData = {
    file: join(folder, 'queues.db'),
    logFolder: join(folder, 'intake'),
    earlierLog: join(folder, 'intake.log'),
    queues,
    clockOffsetMs,
    port: port2,
  };
  const worker = new Worker(new URL('./engine-thread.ts', import.meta.url), {
    workerData: data,
    transferList: [port2],
    // V8 would let it grow to 96 MiB in the course of hours; what lives longer than a turn is little.
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  const sendClock = createSendClock(() => Date.now() + clockOffsetMs);
  const fail = (error: unknown) => onFailure?.(error instanceof Error ? error : new Error(String(error)));
  worker.on('error', fail);
  const ended = once(worker, 'exit').catch(() => undefined);
  const client = await attachEmbeddedQueues(port1, {
    logFolder: data.logFolder,
    clock: sendClock,
    broken: fail,
    lost: (part) => onLoss?.(part),
  }).catch(async (error: unknown) => {
    // What the engine had started before it failed would keep the process alive.
    await worker.terminate();
    throw error;
  });
  return {
    ...client,
    async close() {
      await client.close();
      await ended;
    },
  };
}
