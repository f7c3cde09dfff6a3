import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';

const ended = new Error('ended');
let written: string[];
let listeners: number;
beforeEach(() => {
  written = [];
  listeners = process.listenerCount('SIGINT');
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    written.push(`exit ${code}`);
    throw ended;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

test('Ctrl-C says how far a work had come and what that leaves, and ends with 130', async () => {
  const progress = createProgress('sending', { quiet: true, leaves: 'those are kept' });
  const work = progress.around(async (tell) => {
    tell(3, 10);
    process.emit('SIGINT');
  });
  await expect(work).rejects.toBe(ended);
  expect(written).toEqual(['sending: interrupted at 3 of 10; those are kept\n', 'exit 130']);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});

test('a work that heeds the signal ends by itself, unless Ctrl-C comes again', async () => {
  const progress = createProgress('redriving', { quiet: true, leaves: 'some went back', heeds: true });
  const work = (times: number) =>
    progress.around(async (_tell, signal) => {
      for (let time = 0; time < times; time++) process.emit('SIGINT');
      return signal.aborted;
    });
  expect(await work(0)).toBe(false);
  expect(process.exitCode).toBe(undefined);
  expect(await work(1)).toBe(true);
  expect(process.exitCode).toBe(130);
  expect(written).toEqual(['redriving: stopping; the same command goes on. Once more stops at once\n']);
  await expect(work(2)).rejects.toBe(ended);
  expect(written.slice(2)).toEqual(['redriving: interrupted; some went back\n', 'exit 130']);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});
