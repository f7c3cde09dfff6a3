import { rmSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { HookportError } from '../../errors.ts';
import { giveWayToAccepting } from '../../thread-priority.ts';
import { createWalSync } from '../../wal-sync.ts';
import { createWalWriteback } from '../../wal-writeback.ts';
import { startAside } from './aside.ts';
import { createCheckpoints } from './checkpoints.ts';
import { bytesAvailable, openDatabase } from './database.ts';
import { createEngine } from './engine.ts';
import { createContentsReader } from './intake/contents.ts';
import { takeOverEarlierLog } from './intake/earlier-log.ts';
import { openLogFile } from './intake/log-file.ts';
import { createIntakeReader } from './intake/reader.ts';
import { makeLogFolder } from './intake/segments.ts';
import { requireNoLog, requireSegments, settleLog } from './intake/settle.ts';
import { createLogSpace } from './log-space.ts';
import { createMessages } from './messages.ts';
import type { EngineData, Hello } from './protocol.ts';
import { createSteadyClock } from '../../steady-clock.ts';
import { createStore } from './store.ts';

giveWayToAccepting();

const { file, logFolder, earlierLog, queues, clockOffsetMs, port } = workerData as EngineData;

async function start(): Promise<void> {
  const timeOfDay = () => Date.now() + clockOffsetMs;
  const clock = createSteadyClock(timeOfDay);
  const database = openDatabase(file, () => requireNoLog(file, logFolder));
  const store = createStore(database, queues, clock());
  const wal = createWalSync(file);
  makeLogFolder(logFolder);
  const log = openLogFile(logFolder);
  const contents = createContentsReader(log);
  const space = createLogSpace(database, contents);
  requireSegments(logFolder, space.inUse());
  takeOverEarlierLog(earlierLog, store, createMessages({ store, stamp: clock, contents, space }), clock());
  const aside = startAside({ file, logFolder });
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
    contents,
    space,
    prepareNext: () => void aside.spare(),
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
  const taken = store.intake;
  await wal.sync();
  rmSync(earlierLog, { force: true });
  settleLog(log, space.inUse(), { taken, end: engine.logEnd });
  engine.connect(port, 'owner');
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
