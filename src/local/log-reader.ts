import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { type KeptLine, logFiles } from './log-file.ts';

/** Reads the log that a data folder keeps, also while a process writes it. */
export class LogReader {
  readonly #files: ReturnType<typeof logFiles>;
  #open: { descriptor: number; inode: number; decoder: StringDecoder } | undefined;
  #rest = '';
  #began = false;

  constructor(folder: string) {
    this.#files = logFiles(folder);
  }

  /** All that is kept at the first call, what was added since at each later one. Oldest first. */
  read(): KeptLine[] {
    const texts: string[] = [];
    if (!this.#began) texts.push(readWhole(this.#files.before));
    this.#began = true;
    for (;;) {
      this.#open ??= openToRead(this.#files.newest);
      if (!this.#open) break;
      const replaced = inodeOf(this.#files.newest) !== this.#open.inode;
      texts.push(readOn(this.#open));
      if (!replaced) break;
      this.close();
    }
    const lines = (this.#rest + texts.join('')).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap(parse);
  }

  close(): void {
    if (this.#open) closeSync(this.#open.descriptor);
    this.#open = undefined;
  }
}

function parse(line: string): KeptLine[] {
  try {
    return [JSON.parse(line) as KeptLine];
  } catch {
    // Half a line, from before a power cut.
    return [];
  }
}

function openToRead(file: string) {
  try {
    const descriptor = openSync(file, 'r');
    return { descriptor, inode: fstatSync(descriptor).ino, decoder: new StringDecoder('utf8') };
  } catch {
    return undefined;
  }
}

function readOn({ descriptor, decoder }: { descriptor: number; decoder: StringDecoder }): string {
  const buffer = Buffer.alloc(65_536);
  let text = '';
  for (;;) {
    const length = readSync(descriptor, buffer, 0, buffer.length, null);
    if (length === 0) return text;
    text += decoder.write(buffer.subarray(0, length));
  }
}

function readWhole(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
