import { parentPort, workerData } from 'node:worker_threads';
import { giveWayToAccepting } from '../../thread-priority.ts';
import type { AsideData, AsideReply, AsideRequest } from './aside.ts';
import { openReader } from './database.ts';
import { makeSpare } from './intake/spare.ts';
import { createReads, type Reads } from './reads.ts';

giveWayToAccepting();

const { file, logFolder } = workerData as AsideData;
const database = openReader(file);
const reads = createReads(database, logFolder);
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');

function run({ kind, args }: AsideRequest): unknown {
  if (kind === 'checkpoint') return void checkpoint.get();
  if (kind === 'spare') return makeSpare(logFolder);
  if (kind === 'close') return database.close();
  if (kind === 'depth') return reads.depth(...(args as Parameters<Reads['depth']>));
  return reads.list(...(args as Parameters<Reads['list']>));
}

parentPort?.on('message', (request: AsideRequest) => {
  const { id } = request;
  try {
    parentPort?.postMessage({ id, value: run(request) } satisfies AsideReply);
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies AsideReply);
  }
  if (request.kind === 'close') parentPort?.close();
});
