import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import { attachEmbeddedQueues } from '../../../src/queue/embedded/attach.ts';
import { openDatabase, openReader } from '../../../src/queue/embedded/database.ts';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { createEngine, type EngineOptions } from '../../../src/queue/embedded/engine.ts';
import { createContentsReader } from '../../../src/queue/embedded/intake/contents.ts';
import { openLogFile } from '../../../src/queue/embedded/intake/log-file.ts';
import { createIntakeReader } from '../../../src/queue/embedded/intake/reader.ts';
import { makeLogFolder } from '../../../src/queue/embedded/intake/segments.ts';
import type { LostPart } from '../../../src/queue/embedded/intake/take-over.ts';
import { requireNoLog, requireSegments, settleLog } from '../../../src/queue/embedded/intake/settle.ts';
import { createLogSpace } from '../../../src/queue/embedded/log-space.ts';
import { createReads } from '../../../src/queue/embedded/reads.ts';
import { createStore } from '../../../src/queue/embedded/store.ts';
import { createWalSync } from '../../../src/wal-sync.ts';

/** The engine and a client in this thread, with a clock that goes only when told. */
export interface InProcessQueues {
  queues: EmbeddedQueues;
  folder: string;
  /** What of the intake log was damaged, as the start found, or the engine later. */
  lost: readonly LostPart[];
  now(): number;
  /** Moves the clock and lets the engine look at it. */
  pass(ms: number): void;
  close(): Promise<void>;
}

export const startOfTime = Date.UTC(2026, 0, 1);

export async function openInProcess(
  plan: readonly QueuePlan[],
  {
    folder = temporaryFolder(),
    now: start = startOfTime,
    written,
    beforeSync,
  }: { folder?: string; now?: number; written?: EngineOptions['written']; beforeSync?: () => Promise<void> } = {},
): Promise<InProcessQueues> {
  let now = start;
  const clock = () => now;
  const file = join(folder, 'queues.db');
  const logFolder = join(folder, 'intake');
  const database = openDatabase(file, () => requireNoLog(file, logFolder));
  const store = createStore(database, plan, now);
  makeLogFolder(logFolder);
  const log = openLogFile(logFolder);
  const contents = createContentsReader(log);
  const space = createLogSpace(database, contents);
  requireSegments(logFolder, space.inUse());
  const wal = createWalSync(file);
  const reader = openReader(file);
  const reads = createReads(reader, logFolder);
  const engine = createEngine({
    store,
    clock,
    read: async (kind, ...args) => {
      const read = reads[kind] as (...args: unknown[]) => never;
      return read(...args);
    },
    ...(written && { written }),
    async sync() {
      await beforeSync?.();
      await wal.sync();
    },
    intake: createIntakeReader(log),
    contents,
    space,
    async closeStore() {
      wal.close();
      log.close();
      reader.close();
      database.close();
    },
  });
  settleLog(log, space.inUse(), { taken: store.intake, end: engine.logEnd });
  const lost: LostPart[] = [];
  const { port1, port2 } = new MessageChannel();
  engine.connect(port2, 'owner');
  const queues = await attachEmbeddedQueues(port1, {
    logFolder,
    clock,
    broken(error) {
      throw error;
    },
    lost: (part) => void lost.push(part),
  });
  return {
    queues,
    lost,
    folder,
    now: clock,
    pass(ms) {
      now += ms;
      engine.wake();
    },
    close: () => queues.close(),
  };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hookport-queue-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
