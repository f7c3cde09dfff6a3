import type { MessagePort } from 'node:worker_threads';
import type { Log } from '../../log.ts';
import { connectTo } from '../rpc.ts';
import type { JournalMethods } from './thread.ts';
import { createJournalWriter, type JournalWriter } from './writer.ts';

/** Writes to the journal from another thread, by a port of `Journal.connect`. */
export function attachJournal(port: MessagePort, log: Log): JournalWriter {
  const remote = connectTo<JournalMethods>(port);
  return createJournalWriter({ append: (records) => remote.call('append', records), log });
}
