import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { HookportError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { connectTo } from '../rpc.ts';
import type {
  ActivityRange,
  JournalContent,
  JournalCounts,
  JournalFilter,
  JournalPage,
  SourceActivity,
} from './entry.ts';
import type { JournalMethods, JournalThreadData } from './thread.ts';

/** What happened to each delivery, kept for 7 days and 1 GiB at most. */
export interface Journal {
  /** Newest arrival first; a search that takes long stops and tells how far it came. */
  list(filter: JournalFilter): Promise<JournalPage>;
  /** The newest delivery of that id: the endpoint's request id, the message's or the provider's. */
  read(id: string): Promise<JournalContent | undefined>;
  counts(): Promise<JournalCounts>;
  /** By source. */
  activity(range: ActivityRange): Promise<Readonly<Record<string, SourceActivity>>>;
  /** A port for `attachJournal` in another thread; put it into that thread's transfer list. */
  connect(): MessagePort;
  close(): Promise<void>;
}

/**
 * Starts the journal in a thread of its own.
 *
 * @throws HookportError `data_folder_unusable` when the file cannot be written
 */
export async function startJournal(options: { file: string; clockOffsetMs?: number; log: Log }): Promise<Journal> {
  const { file, clockOffsetMs = 0, log } = options;
  const { port1, port2 } = new MessageChannel();
  const data: JournalThreadData = { file, clockOffsetMs, port: port2 };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: data,
    transferList: [port2],
    // V8 would let it grow to 96 MiB in the course of hours; a batch is written and forgotten.
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  let broken: unknown;
  worker.on('error', (error) => {
    broken = error;
    log.error('the journal broke down; deliveries go on and are not recorded', { error: String(error) });
  });
  const remote = connectTo<JournalMethods>(port1);
  // A thread that never started does not close its port by itself.
  const exited = once(worker, 'exit').catch(() => undefined);
  void exited.then(() => remote.close());
  try {
    const putAside = await remote.call('putAside');
    if (putAside !== undefined)
      log.warn('the journal could not be read; it was put aside and a new one begins', { file: putAside });
  } catch (error) {
    const why = broken instanceof Error ? broken.message : String(error);
    throw new HookportError('data_folder_unusable', `cannot open the journal ${file}: ${why}`, { cause: error });
  }
  return {
    list: (filter) => remote.call('list', filter),
    read: (id) => remote.call('read', id),
    activity: (range) => remote.call('activity', range),
    counts: () => remote.call('counts'),
    connect() {
      const channel = new MessageChannel();
      remote.call('connect', channel.port2).catch(() => channel.port2.close());
      return channel.port1;
    },
    async close() {
      await remote.call('close').catch(() => undefined);
      await worker.terminate();
    },
  };
}
