import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What a process did to its files, in order; see `recorder.c`. Paths are relative to the recorded folder. */
export type Step = { path: string } & (
  | { kind: 'write'; offset: number; data: Buffer }
  | { kind: 'truncate'; length: number }
  | { kind: 'makeFile' | 'makeFolder' | 'remove' }
  | { kind: 'rename'; to: string }
  | { kind: 'syncBegins' | 'syncEnds'; sync: number }
);

const headBytes = 17;

export function readRecording(file: string, folder: string): Step[] {
  const bytes = readFileSync(file);
  const steps: Step[] = [];
  let at = 0;
  while (at < bytes.length) {
    const type = String.fromCharCode(bytes[at] ?? 0);
    const pathBytes = bytes.readUInt32LE(at + 1);
    const dataBytes = bytes.readUInt32LE(at + 5);
    const number = Number(bytes.readBigUInt64LE(at + 9));
    const dataAt = at + headBytes + pathBytes;
    const path = relative(folder, bytes.toString('utf8', at + headBytes, dataAt));
    const data = bytes.subarray(dataAt, dataAt + dataBytes);
    steps.push({ path, ...toChange(type, number, data, folder) });
    at = dataAt + dataBytes;
  }
  return steps;
}

type Change<S = Step> = S extends unknown ? Omit<S, 'path'> : never;

function toChange(type: string, number: number, data: Buffer, folder: string): Change {
  switch (type) {
    case 'W':
      return { kind: 'write', offset: number, data };
    case 'T':
      return { kind: 'truncate', length: number };
    case 'C':
      return { kind: 'makeFile' };
    case 'M':
      return { kind: 'makeFolder' };
    case 'U':
      return { kind: 'remove' };
    case 'R':
      return { kind: 'rename', to: relative(folder, data.toString()) };
    case 'S':
      return { kind: 'syncBegins', sync: number };
    case 'E':
      return { kind: 'syncEnds', sync: number };
    default:
      throw new Error(`the recording has a record of an unknown type ${JSON.stringify(type)}`);
  }
}
