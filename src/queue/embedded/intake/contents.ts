import type { LogFile } from './log-file.ts';
import { maxRecordBytes, readContent, readHead } from './record.ts';

/** Where a message's record stands in the intake log. */
export interface LogPlace {
  position: number;
  /** In bytes. */
  length: number;
}

/** What a message holds, as its row or its record has it. */
export interface Contents {
  /** JSON of MessageAttributes. */
  attributes: string;
  body: string;
}

/** Reads what a record holds; undefined if what stands there is another, or none. */
export type ContentsReader = (place: LogPlace) => Contents | undefined;

/** Most messages fit; memory for larger ones is not kept. */
const keptBytes = 64 * 1024;

export function createContentsReader(file: Pick<LogFile, 'read'>): ContentsReader {
  const kept = Buffer.allocUnsafeSlow(keptBytes);
  return ({ position, length }) => {
    if (length > maxRecordBytes) return undefined;
    const memory = length > keptBytes ? Buffer.allocUnsafeSlow(length) : kept;
    const bytes = memory.subarray(0, file.read(memory, length, position));
    const head = readHead(bytes, 0, position);
    if (!head) return undefined;
    const { attributes, body } = readContent(bytes, 0, head);
    return { attributes, body: Buffer.from(body.buffer, body.byteOffset, body.length).toString() };
  };
}
