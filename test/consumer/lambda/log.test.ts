import { afterEach, expect, test, vi } from 'vitest';
import { github } from '../../../providers/github.ts';
import { createLambdaLog } from '../../../src/consumer/lambda/log.ts';
import { dispatchInProcess } from '../../../src/delivery/dispatch.ts';
import { defineHandler, type Handler } from '../../../src/delivery/handler.ts';
import type { Log } from '../../../src/log.ts';

afterEach(() => void vi.restoreAllMocks());

/** What a handler logs in a function, as its log group gets it. */
async function loggedBy(handle: (log: Log) => void): Promise<{ outcomes: unknown; lines: unknown[] }> {
  let printed = '';
  const take = (chunk: unknown) => ((printed += String(chunk)), true);
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  const handler: Handler = defineHandler((_, { log }) => handle(log));
  const load = async () => ({ default: handler });
  const dispatch = dispatchInProcess({ load, provider: github, timeoutMs: 1000, log: createLambdaLog('github') });
  const outcomes = await dispatch([
    {
      source: 'github',
      provider: 'github',
      id: 'one',
      idSigned: false,
      eventType: 'push',
      receivedAt: 0,
      headers: {},
      body: '{}',
      attempt: 1,
      suspectedReplay: false,
    },
  ]);
  vi.restoreAllMocks();
  const lines = printed.split('\n').filter((line) => line !== '');
  return { outcomes, lines: lines.map((line) => JSON.parse(line) as unknown) };
}

test('what is no text does not make a handler fail, as on one machine: handlers are not all type-checked', async () => {
  const { outcomes, lines } = await loggedBy((log) => {
    log.info(undefined as unknown as string);
    log.error(new TypeError('no such order') as unknown as string);
  });
  expect(outcomes).toEqual([{ kind: 'handled' }]);
  expect(lines).toMatchObject([
    { level: 'INFO', message: 'undefined', deliveryId: 'one' },
    { level: 'ERROR', message: 'TypeError: no such order', deliveryId: 'one' },
  ]);
});

test('a field of a name that the log has itself is not lost', async () => {
  const { lines } = await loggedBy((log) =>
    log.warn('paid', { message: 'thanks', level: 'gold', timestamp: 7, time: 8, amount: 5 }),
  );
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'WARN',
      message: 'paid',
      message_: 'thanks',
      level_: 'gold',
      timestamp_: 7,
      time_: 8,
      amount: 5,
    }),
  ]);
});
