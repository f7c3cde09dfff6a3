import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Messages } from '../messages.ts';
import type { Store } from '../store.ts';
import { maxRecordBytes, readContent, readHead } from './record.ts';
import { visibleFrom } from './take-over.ts';

/** Of the one file that the log was until version 2 of the database: each lap overwrote the one before. */
const lapBytes = 32 * 2 ** 20;

/**
 * Takes over what an earlier Hookport left in `intake.log`, into the rows of its messages. After the next sync of the database the
 * file is of no use any more.
 */
export function takeOverEarlierLog(file: string, store: Store, messages: Messages, now: number): void {
  if (!existsSync(file)) return;
  const memory = Buffer.allocUnsafeSlow(maxRecordBytes);
  const descriptor = openSync(file, 'r');
  try {
    while (store.transaction(() => takeSome(read(descriptor, memory, store.intake), store, messages, now)));
  } finally {
    closeSync(descriptor);
  }
}

/** @returns whether there were any */
function takeSome(bytes: Buffer, store: Store, messages: Messages, now: number): boolean {
  let offset = 0;
  for (let head; (head = readHead(bytes, offset, store.intake + offset));) {
    const record = { ...head, ...readContent(bytes, offset, head) };
    messages.send(record.queue, record, now, visibleFrom(record, now));
    offset += head.length;
  }
  store.takenIn(store.intake + offset);
  return offset > 0;
}

function read(descriptor: number, memory: Buffer, position: number): Buffer {
  let read = 0;
  while (read < memory.length) {
    const place = (position + read) % lapBytes;
    const part = readSync(descriptor, memory, read, Math.min(memory.length - read, lapBytes - place), place);
    if (part === 0) break;
    read += part;
  }
  return memory.subarray(0, read);
}
