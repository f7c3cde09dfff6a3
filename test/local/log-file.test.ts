import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { logFiles, openLogFile } from '../../src/local/log-file.ts';
import { LogReader } from '../../src/local/log-reader.ts';

let folder: string;
const errors: string[] = [];
const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const open = (maxBytes?: number) =>
  openLogFile({
    folder,
    clock: () => at,
    onError: ({ message }) => errors.push(message),
    ...(maxBytes !== undefined && { maxBytes }),
  });
const info = (message: string, fields = {}) => ({ level: 'info', message, fields }) as const;
const messages = (reader: LogReader) => reader.read().map(({ message }) => message);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-log-'));
  errors.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

describe('the log that a data folder keeps', () => {
  test('has each line with its time and fields, for the owner alone, also of the process before', () => {
    const first = open();
    first.add(info('one', { source: 'github', attempt: 2 }));
    first.close();
    const second = open();
    second.add({ level: 'error', message: 'two' });
    second.close();
    expect(new LogReader(folder).read()).toEqual([
      { time: '2026-01-02T03:04:05.000Z', level: 'info', message: 'one', fields: { source: 'github', attempt: 2 } },
      { time: '2026-01-02T03:04:05.000Z', level: 'error', message: 'two', fields: {} },
    ]);
    expect(statSync(logFiles(folder).newest).mode & 0o777).toBe(0o600);
  });

  test('is written within a tenth of a second, and at once when the process exits', () => {
    const log = open();
    const reader = new LogReader(folder);
    log.add(info('gathered'));
    vi.advanceTimersByTime(99);
    expect(messages(reader)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(messages(reader)).toEqual(['gathered']);
    log.add(info('the last'));
    for (const listener of process.listeners('exit').slice(-1)) listener(0);
    expect(messages(reader)).toEqual(['the last']);
    const before = process.listenerCount('exit');
    log.close();
    expect(process.listenerCount('exit')).toBe(before - 1);
    reader.close();
  });

  test('never takes more than two files, of which a reader misses nothing while they change', () => {
    const log = open(2000);
    const reader = new LogReader(folder);
    const seen: string[] = [];
    for (let index = 0; index < 200; index++) {
      log.add(info(`line ${index}`));
      vi.advanceTimersByTime(100);
      if (index % 3 === 0) seen.push(...messages(reader));
    }
    seen.push(...messages(reader));
    log.close();
    reader.close();
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => `line ${index}`));
    const { newest, before } = logFiles(folder);
    for (const file of [newest, before]) {
      expect(statSync(file).size).toBeLessThanOrEqual(2000);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    // Whoever comes later finds the last of them, in one piece.
    const kept = messages(new LogReader(folder));
    expect(kept.length).toBeGreaterThan(20);
    expect(kept).toEqual(seen.slice(-kept.length));
  });

  test('leaves out half a line that a power cut left, and goes on behind it', () => {
    const log = open();
    log.add(info('whole'));
    log.close();
    appendFileSync(logFiles(folder).newest, '{"time":"2026');
    const next = open();
    next.add(info('after'));
    next.close();
    expect(messages(new LogReader(folder))).toEqual(['whole', 'after']);
  });

  test('cuts a line that is too long, and counts what comes too fast', () => {
    const log = open();
    log.add(info('m'.repeat(20_000), { source: 'github', big: 'x'.repeat(20_000) }));
    for (let index = 0; index < 2500; index++) log.add(info('flood'));
    vi.advanceTimersByTime(100);
    log.close();
    const lines = new LogReader(folder).read();
    expect(lines[0]).toMatchObject({ message: 'm'.repeat(8192), fields: { source: 'github', cut: true } });
    expect(lines).toHaveLength(2001);
    expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { leftOut: 501 } });
  });

  test('stays within its size also where long lines come at once, and counts what it leaves out', () => {
    const maxBytes = 256 * 1024;
    const log = open(maxBytes);
    for (let turn = 0; turn < 3; turn++) {
      for (let index = 0; index < 900; index++) log.add(info('ä'.repeat(4000)));
      vi.advanceTimersByTime(100);
      for (const file of Object.values(logFiles(folder)))
        expect(statSync(file, { throwIfNoEntry: false })?.size ?? 0).toBeLessThanOrEqual(maxBytes);
    }
    log.close();
    const kept = new LogReader(folder).read();
    expect(kept.at(-1)).toMatchObject({ message: 'lines were left out', fields: { leftOut: expect.any(Number) } });
    expect(kept.filter(({ level }) => level === 'info').length).toBeGreaterThan(20);
  });

  test('that cannot be written says so once, costs nothing else, and goes on when it can be', () => {
    // A folder in its place: root could write into a file without rights.
    mkdirSync(logFiles(folder).newest);
    const log = open();
    for (const message of ['lost', 'lost too']) {
      log.add(info(message));
      vi.advanceTimersByTime(100);
    }
    expect(errors).toEqual([expect.stringContaining('EISDIR')]);
    rmSync(logFiles(folder).newest, { recursive: true });
    log.add(info('kept'));
    log.close();
    expect(messages(new LogReader(folder))).toEqual(['kept']);
  });

  test('takes its rights back where somebody gave them away', () => {
    open().close();
    const log = open();
    log.add(info('one'));
    vi.advanceTimersByTime(100);
    chmodSync(logFiles(folder).newest, 0o644);
    log.close();
    const next = open();
    next.add(info('two'));
    next.close();
    expect(statSync(logFiles(folder).newest).mode & 0o777).toBe(0o600);
    expect(readFileSync(logFiles(folder).newest, 'utf8').split('\n')).toHaveLength(3);
  });
});
