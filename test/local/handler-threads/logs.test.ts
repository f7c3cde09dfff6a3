import { afterEach, describe, expect, test, vi } from 'vitest';
import { delivery, startThreads } from './harness.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => close?.());

function start(options?: Parameters<typeof startThreads>[0]) {
  const threads = startThreads(options);
  close = threads.close;
  return threads;
}

const handled = { kind: 'handled' };

describe('the log of a handler’s thread', () => {
  test('log lines carry the source and the delivery, also when their fields cannot be cloned', async () => {
    const threads = start();
    const odd = delivery('log oddly');
    expect(await threads.of('scripted.ts')([odd])).toEqual([handled]);
    expect(threads.log.lines.at(-1)).toMatchObject({
      message: 'odd',
      fields: { source: 'source', deliveryId: odd.id, deep: '{ a: 1 }' },
    });
  });

  test('what a handler prints is in the log too, by lines, with its source and without colours', async () => {
    const threads = start();
    expect(await threads.of('scripted.ts')([delivery('print')])).toEqual([handled]);
    const printed = () => threads.log.lines.filter(({ message }) => message !== 'run');
    // Streams of a thread are told apart from its messages, a line without end when the thread ends.
    await vi.waitFor(() => expect(printed().length).toBeGreaterThanOrEqual(4));
    await threads.close();
    await vi.waitFor(() => expect(printed().length).toBeGreaterThanOrEqual(5));
    const starts = printed().map(({ level, message, fields }) => [level, message.slice(0, 16), fields]);
    expect(starts).toEqual(
      expect.arrayContaining([
        ['info', 'green, and', { source: 'source' }],
        ['info', 'a second line', { source: 'source' }],
        ['warn', 'a complaint', { source: 'source' }],
        ['info', 'no line feed xxx', { source: 'source' }],
      ]),
    );
    expect(Math.max(...printed().map(({ message }) => message.length))).toBeLessThanOrEqual(8192);
  });

  test('what a handler printed before it blocked its thread is in the log to the last line', async () => {
    const threads = start();
    const [outcome] = await threads.of('scripted.ts', { timeoutSeconds: 0.5 })([delivery('print and loop')]);
    expect(outcome).toMatchObject({ reason: 'handler_timeout' });
    const printed = threads.log.lines.filter(({ fields }) => Object.keys(fields).join() === 'source');
    expect(printed.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'begins'],
      ['info', 'goes on'],
      ['warn', 'comes to 3'],
      ['info', 'and stands'],
    ]);
  });

  test.each(['print much', 'print much and loop'])(
    'what a handler prints keeps its order, however much it is: %s',
    async (script) => {
      const threads = start();
      const [outcome] = await threads.of('scripted.ts', { timeoutSeconds: 2 })([delivery(script)]);
      expect(outcome).toMatchObject(script.endsWith('loop') ? { reason: 'handler_timeout' } : handled);
      const printed = () => threads.log.lines.filter(({ message }) => message.startsWith('line '));
      await vi.waitFor(() => expect(printed()).toHaveLength(2000), { timeout: 30_000 });
      expect(printed().every(({ message }, index) => message === `line ${index}`)).toBe(true);
    },
  );

  test.each(['print for a second', 'log for a second'])(
    'what a handler writes without end waits: each line takes time from the gateway. %s',
    async (script) => {
      const threads = start();
      expect(await threads.of('scripted.ts')([delivery(script)])).toEqual([handled]);
      const lines = threads.log.lines.filter(({ message }) => message === 'flood').length;
      // Thousands, where a handler that waits for nothing writes tens of thousands.
      expect(lines).toBeGreaterThan(100);
      expect(lines).toBeLessThan(12_000);
    },
  );

  test('what it logs beside a message counts too: it is copied, shown and written down as the message is', async () => {
    const threads = start();
    expect(await threads.of('scripted.ts')([delivery('log much beside it for a second')])).toEqual([handled]);
    const lines = threads.log.lines.filter(({ message }) => message === 'flood').length;
    // Of 50 KB each: some 3 MB, where a handler that waits for lines alone sends hundreds.
    expect(lines).toBeGreaterThan(5);
    expect(lines).toBeLessThan(500);
  });

  test('where a handler threw is in the log, by the frames that are its own', async () => {
    const threads = start();
    await threads.of('scripted.ts')([delivery('throw'), delivery('permanent')]);
    const threw = threads.log.lines.filter(({ message }) => message === 'the handler failed');
    expect(threw).toMatchObject([{ level: 'error', fields: { source: 'source', error: 'TypeError: it went wrong' } }]);
    expect(threw[0]?.fields['stack']).toMatch(/^ {4}at .*scripted\.ts:\d+:\d+\)?$/);
  });

  test('what breaks after the handler returned is in the log: something was not awaited', async () => {
    const threads = start();
    expect(await threads.of('scripted.ts')([delivery('forget to await')])).toEqual([handled]);
    const broke = () => threads.log.lines.find(({ message }) => message.startsWith('a handler ended its thread'));
    await vi.waitFor(() => expect(broke()).toBeDefined());
    expect(broke()).toMatchObject({
      level: 'error',
      message: 'a handler ended its thread after it had returned; did it await everything?',
      fields: { source: 'source', detail: 'Error: nobody awaited this' },
    });
    expect(broke()?.fields['stack']).toMatch(/^ {4}at .*scripted\.ts:\d+:\d+\)?$/);
  });

  test('a thread that is ended because its work is done is no news', async () => {
    const threads = start({ idleMs: 20 });
    expect(await threads.of('scripted.ts')([delivery('return')])).toEqual([handled]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await threads.close();
    expect(threads.log.lines.map(({ message }) => message)).toEqual(['run']);
  });

  test('where a handler ended its thread is in the log', async () => {
    const threads = start();
    await threads.of('scripted.ts')([delivery('reject unhandled')]);
    const ended = threads.log.lines.find(({ message }) => message === 'a handler ended its thread');
    expect(ended?.fields).toMatchObject({ reason: 'handler_crashed', detail: 'Error: nobody caught this' });
    expect(ended?.fields['stack']).toMatch(/^ {4}at .*scripted\.ts:\d+:\d+\)?$/);
  });

  test('an error or a text in the place of the fields is in the log too', async () => {
    const threads = start();
    await threads.of('scripted.ts')([delivery('log an error')]);
    const [saved, text] = threads.log.lines.slice(-2);
    expect(saved).toMatchObject({ message: 'could not save', fields: { error: 'RangeError: no room' } });
    expect(saved?.fields['stack']).toMatch(/scripted\.ts:\d+:\d+/);
    expect(text).toMatchObject({ message: 'of what', fields: { source: 'source', value: 'a text' } });
  });
});
