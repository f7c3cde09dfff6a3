import { expect, test } from 'vitest';
import { createSourceWorkers } from '../../src/local/source-workers.ts';

/** Workers whose end the test decides. */
function harness(paused: string[] = []) {
  const log: string[] = [];
  const ends: Record<string, (() => void)[]> = {};
  const workers = createSourceWorkers(['a', 'b'], paused, (source) => {
    log.push(`start ${source}`);
    return {
      stop: () => {
        log.push(`stop ${source}`);
        return new Promise((resolve) => (ends[source] ??= []).push(resolve));
      },
    };
  });
  const end = async (source: string) => {
    ends[source]?.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { workers, log, end };
}

test('every source is consumed from the start, but for those that are paused', () => {
  expect(harness().log).toEqual(['start a', 'start b']);
  expect(harness(['a']).log).toEqual(['start b']);
});

test('a pause stops one source, and a resume waits until what it had in hand has ended', async () => {
  const { workers, log, end } = harness();
  workers.pause('a');
  workers.pause('a');
  workers.resume('a');
  expect(log.slice(2)).toEqual(['stop a']);
  await end('a');
  expect(log.slice(2)).toEqual(['stop a', 'start a']);
});

test('what was asked for last holds, however quickly it changes', async () => {
  const { workers, log, end } = harness();
  for (const what of ['pause', 'resume', 'pause'] as const) workers[what]('a');
  await end('a');
  expect(log.slice(2)).toEqual(['stop a']);
});

test('the end stops all, waits for those that were stopping, and starts none again', async () => {
  const { workers, log, end } = harness();
  workers.pause('a');
  workers.resume('a');
  let stopped = false;
  const stopping = workers.stop().then(() => (stopped = true));
  await end('b');
  expect(stopped).toBe(false);
  await end('a');
  await stopping;
  expect(log.slice(2)).toEqual(['stop a', 'stop b']);
});

test('a source that does not exist starts nothing', () => {
  const { workers, log } = harness();
  workers.resume('c');
  expect(log).toEqual(['start a', 'start b']);
});
