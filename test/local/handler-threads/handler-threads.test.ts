import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../../src/delivery/outcome.ts';
import { delivery, root, startThreads } from './harness.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => close?.());

function start(options?: Parameters<typeof startThreads>[0]) {
  const threads = startThreads(options);
  close = threads.close;
  return threads;
}

const handled = { kind: 'handled' };
const reasonOf = (outcome: Outcome | undefined) => (outcome && 'reason' in outcome ? outcome.reason : outcome?.kind);

describe('what a handler does becomes an outcome', () => {
  const cases: [string, Partial<Extract<Outcome, { detail: string }>> | { kind: 'handled' }][] = [
    ['return', { kind: 'handled' }],
    ['throw', { kind: 'failed', reason: 'handler_error', detail: 'TypeError: it went wrong' }],
    ['throw a string', { kind: 'failed', reason: 'handler_error', detail: 'threw text' }],
    ['permanent', { kind: 'rejected', reason: 'permanent_error', detail: 'PermanentError: it never will' }],
    ['later', { kind: 'failed', reason: 'retry_after', retryAfterSeconds: 7 }],
  ];
  test.each(cases)('%s', async (does, expected) => {
    const [outcome] = await start().of('scripted.ts')([delivery(does)]);
    expect(outcome).toMatchObject(expected);
  });
});

describe('a handler that is not there', () => {
  test.each([
    ['missing.ts', 'Cannot find module'],
    ['no-default.ts', 'no default export'],
    ['plain-function.ts', 'not made with defineHandler'],
    ['for-paddle.ts', "written for provider paddle, and the source's is github"],
    ['throws-on-load.ts', 'the database is not configured'],
    ['never-loads.ts', 'it awaits at its top level what never comes'],
    ['syntax-error.ts.txt', 'Unknown file extension'],
  ])('%s fails its deliveries and says why', async (file, detail) => {
    const [outcome] = await start().of(file)([delivery('return')]);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'handler_not_loaded' });
    expect(outcome).toHaveProperty('detail', expect.stringContaining(detail));
    expect(outcome).toHaveProperty('detail', expect.stringContaining(file));
  });

  test.each([
    ["import { HandlerContext } from 'hookport';", 'where that is a type: import { type … }'],
    ["import './imported';", 'an import has the ending that the file has, and there is '],
    ["import './imported.js';", 'an import has the ending that the file has, and there is '],
    ["import './nowhere.js';", "nowhere.js' imported from "],
  ])('that says %s, as tests and a function take it: the detail has what to write', async (code, advice) => {
    await mkdir(join(root, '.hookport'), { recursive: true });
    const folder = await mkdtemp(join(root, '.hookport/handler-'));
    try {
      await writeFile(join(folder, 'imported.ts'), 'export {};\n');
      await writeFile(join(folder, 'handler.ts'), `${code}\n`);
      const [outcome] = await start().of(join(folder, 'handler.ts'))([delivery('return')]);
      const place = advice.endsWith('there is ') ? `${folder}/imported.ts)` : '';
      expect(outcome).toHaveProperty('detail', expect.stringContaining(`${advice}${place}`));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('that threw while it was loaded: the log has where', async () => {
    const threads = start();
    await threads.of('throws-on-load.ts')([delivery('return')]);
    const [line] = threads.log.lines;
    expect(line?.message).toBe('a handler could not be loaded');
    expect(line?.fields['stack']).toMatch(/^ {4}at .*throws-on-load\.ts:1:7\)?$/);
  });

  // V8 keeps where a name is declared twice to itself.
  test.each([
    ['a syntax error', 'const a = 1;\n\nconst b = (;\n'],
    ['an enum', 'const a = 1;\n\nenum Kind { one }\n'],
    ['a name that is not exported', "\n\nimport { nope } from 'node:fs';\nnope();\n"],
  ])('%s in what it imports: the detail has file and line', async (_, code) => {
    await mkdir(join(root, '.hookport'), { recursive: true });
    const folder = await mkdtemp(join(root, '.hookport/handler-'));
    try {
      await writeFile(join(folder, 'imported.ts'), code);
      await writeFile(join(folder, 'handler.ts'), "import './imported.ts';\n");
      const [outcome] = await start().of(join(folder, 'handler.ts'))([delivery('return')]);
      expect(outcome).toHaveProperty('detail', expect.stringContaining('SyntaxError: '));
      expect(outcome).toHaveProperty('detail', expect.stringContaining(join(folder, 'imported.ts:3')));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('works as soon as its file has been mended, and follows each change', async () => {
    // In the project, so that it can import `hookport`, where no check of the sources looks meanwhile.
    await mkdir(join(root, '.hookport'), { recursive: true });
    const folder = await mkdtemp(join(root, '.hookport/handler-'));
    try {
      const file = join(folder, 'handler.ts');
      const code = (says: string) =>
        `import { defineHandler } from 'hookport';\nexport default defineHandler((_, { log }) => log.info('${says}'));\n`;
      let now = 1_000_000;
      const threads = start({ clock: () => now });
      const dispatch = threads.of(file);
      await writeFile(file, 'export default (');
      expect(reasonOf((await dispatch([delivery('return')]))[0])).toBe('handler_not_loaded');
      await writeFile(file, code('first'));
      // Within a second, a file that did not load is not tried again.
      expect(reasonOf((await dispatch([delivery('return')]))[0])).toBe('handler_not_loaded');
      now += 1001;
      expect(await dispatch([delivery('return')])).toEqual([handled]);
      await writeFile(file, code('second'));
      await utimes(file, 1, 1);
      now += 1001;
      expect(await dispatch([delivery('return')])).toEqual([handled]);
      const said = threads.log.lines
        .map(({ message }) => message)
        .filter((message) => message !== 'a handler could not be loaded');
      expect(said).toEqual(['first', 'second']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('at the timeout', () => {
  test('the signal aborts, and a handler that heeds it keeps its thread', async () => {
    const threads = start();
    const dispatch = threads.of('scripted.ts', { timeoutSeconds: 0.5 });
    expect(await dispatch([delivery('heed the signal')])).toMatchObject([
      { kind: 'failed', reason: 'handler_timeout', detail: 'the handler did not return within 0.5 s' },
    ]);
    expect(await dispatch([delivery('return')])).toEqual([handled]);
    expect(new Set(threads.threadIds()).size).toBe(1);
  });

  test('a handler that hangs fails alone: its neighbours in the thread finish', async () => {
    const threads = start();
    const dispatch = threads.of('scripted.ts', { timeoutSeconds: 1 });
    await dispatch([delivery('return')]);
    const hanging = dispatch([delivery('hang')]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    // In the thread still when the hanging one is given up.
    const waiting = dispatch([delivery('wait', { milliseconds: 700 })]);
    expect(reasonOf((await hanging)[0])).toBe('handler_timeout');
    const next = dispatch([delivery('return')]);
    expect(await waiting).toEqual([handled]);
    expect(await next).toEqual([handled]);
    const [warm, hung, waited, fresh] = threads.threadIds();
    expect([hung, waited]).toEqual([warm, warm]);
    expect(fresh).not.toBe(warm);
    expect(threads.runs()).toHaveLength(4);
  });

  test('an endless loop is ended, and only the delivery that loops fails', async () => {
    const threads = start();
    const dispatch = threads.of('scripted.ts', { timeoutSeconds: 0.4 });
    await dispatch([delivery('return')]);
    const neighbours = [1, 2].map(() => dispatch([delivery('wait', { milliseconds: 50 })]));
    const looping = dispatch([delivery('loop')]);
    expect(await Promise.all(neighbours)).toEqual([[handled], [handled]]);
    expect(await looping).toMatchObject([{ kind: 'failed', reason: 'handler_timeout' }]);
    expect(await dispatch([delivery('return')])).toEqual([handled]);
  });

  test('an endless loop in one source stops no other source', async () => {
    const threads = start();
    // Longer than the other takes on the slowest machine; closing the threads ends the loop.
    const looping = threads.of('scripted.ts', { id: 'looping', timeoutSeconds: 60 })([delivery('loop')]);
    const other = threads.of('scripted.ts', { id: 'other', timeoutSeconds: 60 });
    await vi.waitFor(() => expect(threads.runs()).toHaveLength(1), { timeout: 15_000 });
    const first = await Promise.race([looping.then(() => 'looping'), other([delivery('return')]).then(() => 'other')]);
    expect(first).toBe('other');
  });
});

describe('a thread that ends under its deliveries', () => {
  test.each([
    ['exit', 'exit code 3'],
    ['reject unhandled', 'nobody caught this'],
    ['fill memory', 'memory'],
  ])('%s: the guilty one has crashed, its neighbours are run again and handled', async (does, detail) => {
    // Of less, a thread that took the whole process with it ended alone at times.
    const threads = start({ memoryMiB: 64 });
    const dispatch = threads.of('scripted.ts');
    await dispatch([delivery('return')]);
    const neighbour = dispatch([delivery('wait', { milliseconds: 100 })]);
    const guilty = dispatch([delivery(does)]);
    const [outcome] = await guilty;
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'handler_crashed' });
    expect(outcome).toHaveProperty('detail', expect.stringContaining(detail));
    expect(await neighbour).toEqual([handled]);
    const attempts = threads.runs().map(({ fields }) => fields['attempt']);
    expect(new Set(attempts)).toEqual(new Set([1]));
  });

  test('two guilty ones among many innocents: each is found', async () => {
    const threads = start();
    const dispatch = threads.of('scripted.ts');
    await dispatch([delivery('return')]);
    const outcomes = await Promise.all(
      ['wait', 'exit', 'wait', 'exit', 'wait'].map(
        async (does) => (await dispatch([delivery(does, { milliseconds: 30 })]))[0],
      ),
    );
    expect(outcomes.map(reasonOf)).toEqual(['handled', 'handler_crashed', 'handled', 'handler_crashed', 'handled']);
  });

  test('what comes while suspects run waits and is handled', async () => {
    const threads = start();
    const dispatch = threads.of('scripted.ts');
    await dispatch([delivery('return')]);
    const early = [dispatch([delivery('exit')]), dispatch([delivery('wait', { milliseconds: 200 })])];
    await early[0];
    expect(await dispatch([delivery('return')])).toEqual([handled]);
    expect(await early[1]).toEqual([handled]);
  });
});

describe('batches', () => {
  test('go to a batch handler whole, and fail one by one', async () => {
    const threads = start();
    const outcomes = await threads.of('batch.ts')([delivery('return'), delivery('throw'), delivery('return')]);
    expect(outcomes.map(reasonOf)).toEqual(['handled', 'handler_error', 'handled']);
    expect(threads.log.lines).toMatchObject([
      { message: 'batch', fields: { size: 3, source: 'source' } },
      { message: 'the handler failed', fields: { source: 'source', deliveryId: expect.any(String) } },
    ]);
  });

  test('go to a handler of single deliveries one by one', async () => {
    const outcomes = await start().of('scripted.ts')([delivery('return'), delivery('throw')]);
    expect(outcomes.map(reasonOf)).toEqual(['handled', 'handler_error']);
  });

  test('whose thread ends are run again one by one, to find the guilty one', async () => {
    const outcomes = await start().of('batch.ts')([delivery('return'), delivery('exit'), delivery('return')]);
    expect(outcomes.map(reasonOf)).toEqual(['handled', 'handler_crashed', 'handled']);
  });
});

describe('threads', () => {
  test('one per source, and no more alive than allowed: the others wait for their turn', async () => {
    const threads = start({ maxThreads: 2 });
    const sources = Array.from({ length: 6 }, (_, index) => threads.of('scripted.ts', { id: `source-${index}` }));
    const outcomes = await Promise.all(sources.map((dispatch) => dispatch([delivery('wait', { milliseconds: 20 })])));
    expect(outcomes.flat()).toEqual(sources.map(() => handled));
  });

  test('a source that always has work gives way to one that waits', async () => {
    const threads = start({ maxThreads: 1 });
    const busy = threads.of('scripted.ts', { id: 'busy' });
    const stop = new AbortController();
    const load = (async () => {
      while (!stop.signal.aborted) await Promise.all([1, 2].map(() => busy([delivery('wait', { milliseconds: 20 })])));
    })();
    await busy([delivery('return')]);
    expect(await threads.of('scripted.ts', { id: 'waiting' })([delivery('return')])).toEqual([handled]);
    stop.abort();
    await load;
  });

  test('an idle one ends, and the next delivery starts another', async () => {
    const threads = start({ idleMs: 20 });
    const dispatch = threads.of('scripted.ts');
    const afterAPause = async () => {
      expect(await dispatch([delivery('return')])).toEqual([handled]);
      expect(new Set(threads.threadIds()).size).toBeGreaterThan(1);
    };
    await vi.waitFor(afterAPause, { interval: 150, timeout: 15_000 });
  });

  test('hold the environment that they are given, and nothing else of the process', async () => {
    process.env['GITHUB_WEBHOOK_SECRET'] = 'marked';
    try {
      const threads = start({ env: { PATH: '/bin' } });
      await threads.of('scripted.ts')([delivery('tell the environment')]);
      expect(threads.log.lines.at(-1)?.fields['names']).toBe('PATH');
    } finally {
      delete process.env['GITHUB_WEBHOOK_SECRET'];
    }
  });
});
