import { uptime } from 'node:os';
import { type MessagePort, workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import type { DeliveryRecord } from '../../delivery/record.ts';
import { createSteadyClock } from '../../steady-clock.ts';
import { giveWayToAccepting } from '../../thread-priority.ts';
import { createWalSync } from '../../wal-sync.ts';
import { createWalWriteback } from '../../wal-writeback.ts';
import { serve } from '../rpc.ts';
import { openJournalDatabase } from './database.ts';
import type { ActivityRange, JournalFilter } from './entry.ts';
import { defaultJournalLimits } from './pruning.ts';
import { createJournalStore } from './store.ts';

/** Entry of the journal's thread: it owns the file, so that neither writing nor searching it holds anything else up. */

export interface JournalThreadData {
  file: string;
  clockOffsetMs: number;
  port: MessagePort;
}

/** Besides after each batch: age passes also when nothing arrives. */
const pruneEveryMs = 60_000;

giveWayToAccepting();

const { file, clockOffsetMs, port } = workerData as JournalThreadData;
// A clock that is set ahead while this runs must not make all that is kept too old. By the machine's uptime, which goes on while
// it sleeps: a clock that stayed behind by that would have what it records be too old at the next start.
const clock = createSteadyClock(
  () => systemClock() + clockOffsetMs,
  () => uptime() * 1000,
);
const opened = openJournalDatabase(file, clock);
const store = createJournalStore(opened.database, clock, defaultJournalLimits);
const writeback = createWalWriteback(opened.database, createWalSync(file));
const pruning = createPruneLoop(() => store.prune());

const methods = {
  /** Where a file that could not be read was put; undefined normally. */
  putAside: (): string | undefined => opened.putAside,
  append(records: readonly DeliveryRecord[]) {
    store.append(records);
    writeback.look();
    pruning.soon();
  },
  list: (filter: JournalFilter) => store.list(filter),
  read: (id: string) => store.read(id),
  activity: (range: ActivityRange) => store.activity(range),
  counts: () => store.counts(),
  /** Serves one more thread. */
  connect: (other: MessagePort) => serve(other, methods),
  /** Closes the file; the thread is then to be ended. */
  close() {
    pruning.stop();
    writeback.close();
    store.close();
  },
};

export type JournalMethods = typeof methods;

serve(port, methods);

/** One step per turn of the event loop, so that whoever asks something meanwhile is answered in between. */
function createPruneLoop(prune: () => boolean): { soon(): void; stop(): void } {
  let next: NodeJS.Immediate | undefined;
  const step = () => {
    try {
      next = prune() ? setImmediate(step) : undefined;
    } catch {
      // A full disk takes no deletion either; the next batch or minute tries again.
      next = undefined;
    }
  };
  const soon = () => {
    next ??= setImmediate(step);
  };
  const timer = setInterval(soon, pruneEveryMs);
  timer.unref();
  return {
    soon,
    stop() {
      clearInterval(timer);
      clearImmediate(next);
    },
  };
}
