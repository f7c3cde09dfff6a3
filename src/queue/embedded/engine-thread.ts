import { statfsSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { HookportError } from '../../errors.ts';
import { giveWayToAccepting } from '../../thread-priority.ts';
import { createWalSync } from '../../wal-sync.ts';
import { createWalWriteback } from '../../wal-writeback.ts';
import { startAside } from './aside.ts';
import { createCheckpoints } from './checkpoints.ts';
import { openDatabase } from './database.ts';
import { createEngine } from './engine.ts';
import { createIntakeReader } from './intake/reader.ts';
import { openRingFile } from './intake/ring-file.ts';
import type { EngineData, Hello } from './protocol.ts';
import { createSteadyClock } from '../../steady-clock.ts';
import { createStore } from './store.ts';

giveWayToAccepting();

const { file, intakeFile, queues, clockOffsetMs, port } = workerData as EngineData;

async function start(): Promise<void> {
  const timeOfDay = () => Date.now() + clockOffsetMs;
  const clock = createSteadyClock(timeOfDay);
  const database = openDatabase(file);
  const store = createStore(database, queues, clock());
  const wal = createWalSync(file);
  const log = openRingFile(intakeFile);
  const aside = startAside(file);
  const writeback = createWalWriteback(database, createWalSync(file));
  const checkpoints = createCheckpoints({
    database,
    pass: () => aside.checkpoint(),
    look: () => writeback.look(),
    room: () => bytesAvailable(file),
  });
  const engine = createEngine({
    store,
    clock,
    timeOfDay,
    read: (kind, ...args) => aside.read(kind, ...args),
    written: (bytes) => checkpoints.written(bytes),
    sync: () => wal.sync(),
    intake: createIntakeReader(log),
    async closeStore() {
      checkpoints.stop();
      writeback.close();
      await aside.close();
      wal.close();
      log.close();
      // The last connection to close copies what is left of the WAL and removes it.
      database.close();
    },
  });
  // Where the intake log begins must not be forgotten once something stands there.
  await wal.sync();
  engine.connect(port, 'owner');
}

function bytesAvailable(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

try {
  await start();
} catch (error) {
  port.postMessage(failure(error));
  port.close();
}

function failure(error: unknown): Hello {
  if (error instanceof HookportError) return { failed: { code: error.code, message: error.message } };
  const message = error instanceof Error ? error.message : String(error);
  return { failed: { code: 'data_folder_unusable', message: `the queue database ${file} cannot be used: ${message}` } };
}
