import { chmodSync, closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { LogFields } from '../log.ts';
import type { LogLine } from './thread-log.ts';

/** A line of the log as it is kept: one JSON object. */
export interface KeptLine extends LogLine {
  /** ISO 8601. */
  time: string;
  /** `source` among them, where the line is about one. */
  fields: LogFields;
}

/** The last lines of the log, in the data folder: also when the process has ended, however it ended. */
export interface LogFile {
  add(line: LogLine): void;
  /** Writes what was added and ends. */
  close(): void;
}

export interface LogFileOptions {
  folder: string;
  clock: Clock;
  /** It could not be written; told once until it can be again. Lines are left out meanwhile. */
  onError: (error: Error) => void;
  /** Of each of the two files; when one is full it replaces the other. @default 4 MiB */
  maxBytes?: number;
}

/** Where a data folder keeps the newest lines, and those before them. */
export const logFiles = (folder: string) => ({
  newest: join(folder, 'log.jsonl'),
  before: join(folder, 'log.before.jsonl'),
});

/** What `kill -9` may cost: lines are gathered for so long, so that a busy log takes no time from the gateway. */
const gatherMs = 100;
/** Of one turn; more are counted. So are lines beyond half of what a file may hold: one turn must fit into one. */
const maxWaiting = 2000;
/** A longer line is cut: its fields are left out. */
const maxLineLength = 16_384;
const maxMessageLength = 8192;

/** Opens the log of a data folder and goes on behind its last line. Mode 0600. */
export function openLogFile({ folder, clock, onError, maxBytes = 4 * 1024 * 1024 }: LogFileOptions): LogFile {
  const files = logFiles(folder);
  let waiting: string[] = [];
  let waitingBytes = 0;
  let leftOut = 0;
  let timer: NodeJS.Timeout | undefined;
  let failing = false;
  let open: { descriptor: number; size: number } | undefined;

  const write = () => {
    open ??= openToAppend(files.newest);
    const bytes = Buffer.from(`${waiting.join('\n')}\n`);
    if (open.size > 0 && open.size + bytes.length > maxBytes) {
      closeSync(open.descriptor);
      open = undefined;
      renameSync(files.newest, files.before);
      open = openToAppend(files.newest);
    }
    writeSync(open.descriptor, bytes);
    open.size += bytes.length;
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (leftOut > 0) waiting.push(toText({ level: 'warn', message: 'lines were left out', fields: { leftOut } }));
    leftOut = 0;
    try {
      if (waiting.length > 0) write();
      failing = false;
    } catch (error) {
      if (!failing) onError(error instanceof Error ? error : new Error(String(error)));
      failing = true;
    }
    waiting = [];
    waitingBytes = 0;
  };
  const toText = (line: LogLine) => shortened({ time: new Date(clock()).toISOString(), ...line });
  // A process that breaks down says why in its last lines.
  process.on('exit', flush);

  return {
    add(line) {
      const text = waiting.length < maxWaiting ? toText(line) : '';
      const bytes = Buffer.byteLength(text) + 1;
      if (text === '' || waitingBytes + bytes > maxBytes / 2) leftOut += 1;
      else {
        waiting.push(text);
        waitingBytes += bytes;
      }
      timer ??= setTimeout(flush, gatherMs).unref();
    },
    close() {
      process.off('exit', flush);
      flush();
      if (open) closeSync(open.descriptor);
    },
  };
}

function shortened({ time, level, message, fields = {} }: LogLine & { time: string }): string {
  const text = JSON.stringify({ time, level, message, fields });
  if (text.length <= maxLineLength) return text;
  const { source } = fields;
  return JSON.stringify({ time, level, message: message.slice(0, maxMessageLength), fields: { source, cut: true } });
}

function openToAppend(file: string): { descriptor: number; size: number } {
  const descriptor = openSync(file, 'a+', 0o600);
  chmodSync(file, 0o600);
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  // A power cut may have left half a line.
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== '\n')
    return { descriptor, size: size + writeSync(descriptor, '\n') };
  return { descriptor, size };
}
