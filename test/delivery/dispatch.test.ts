import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { github } from '../../providers/github.ts';
import type { VerifiedDelivery } from '../../src/delivery/delivery.ts';
import { dispatchInProcess, inOrder, together } from '../../src/delivery/dispatch.ts';
import type { Outcome } from '../../src/delivery/outcome.ts';
import { PermanentError, RetryAfter } from '../../src/delivery/handler-errors.ts';
import { defineBatchHandler, defineHandler, type HandleBatch, type Handler } from '../../src/delivery/handler.ts';
import { createJsonLog } from '../../src/json-log.ts';
import type { Log } from '../../src/log.ts';
import { createLogFake } from '../fakes/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const delivery = (id: string, more: Partial<VerifiedDelivery> = {}): VerifiedDelivery => ({
  source: 'github',
  provider: 'github',
  id,
  idSigned: false,
  eventType: 'push',
  receivedAt: 1_700_000_000_000,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"ref":"refs/heads/main"}'),
  attempt: 2,
  suspectedReplay: false,
  ...more,
});
const dispatch = (handler: Handler, log: Log = createLogFake()) =>
  dispatchInProcess({ load: async () => ({ default: handler }), provider: github, timeoutMs: 1000, log });

describe('a handler in this process', () => {
  test('gets the delivery, a logger with its id and a signal', async () => {
    const log = createLogFake();
    const seen: unknown[] = [];
    const handler = defineHandler('github', (delivery, { log, signal }) => {
      seen.push(
        delivery.receivedAt,
        delivery.attempt,
        delivery.is('push') && delivery.payload.ref,
        delivery.is('issues'),
      );
      log.info('here', { aborted: signal.aborted });
    });
    expect(await dispatch(handler, log)([delivery('one')])).toEqual([{ kind: 'handled' }]);
    expect(seen).toEqual([new Date(1_700_000_000_000), 2, 'refs/heads/main', false]);
    expect(log.lines).toEqual([
      { level: 'info', message: 'here', fields: { source: 'github', deliveryId: 'one', aborted: false } },
    ]);
  });

  test('logs an error among its fields with what caused it and where it was thrown: as JSON it would be {}', async () => {
    const lines: string[] = [];
    const log = createJsonLog((line) => void lines.push(line));
    // A handler in JavaScript may log anything.
    const handler = defineHandler((_, { log }) =>
      log.warn('not saved', { err: new RangeError('no room', { cause: 'full' }) as unknown as string, at: 7 }),
    );
    expect(await dispatch(handler, log)([delivery('one')])).toEqual([{ kind: 'handled' }]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message: 'not saved',
      err: expect.stringMatching(/^RangeError: no room \(full\)\n {4}at .*dispatch\.test\.ts:\d+/),
      at: 7,
    });
  });

  test('may spoil what it was given: what is forwarded and recorded stays as it came, as on one machine', async () => {
    const data = delivery('one', { query: { kind: 'push' } });
    const handler = defineHandler(({ headers, query }) => {
      Object.assign(headers, { 'x-tenant': 'a' });
      delete (query as Record<string, string>)['kind'];
    });
    const seen: VerifiedDelivery[] = [];
    const forward = async (deliveries: readonly VerifiedDelivery[]) =>
      deliveries.map((each) => (seen.push(structuredClone(each)), { kind: 'handled' as const }));
    expect(await inOrder(dispatch(handler), forward)([data])).toEqual([{ kind: 'handled' }]);
    expect(seen).toMatchObject([{ headers: { 'content-type': 'application/json' }, query: { kind: 'push' } }]);
    expect(seen[0]?.headers).not.toHaveProperty('x-tenant');
  });

  test('parses the body on first use, once, and fails only if it asks', async () => {
    const broken = { body: Buffer.from('{') };
    const payloads: unknown[] = [];
    const reads = defineHandler((delivery) => void payloads.push(delivery.payload, delivery.payload));
    const doesNot = defineHandler((delivery) => void payloads.push(delivery.body.length));
    expect(await dispatch(doesNot)([delivery('a', broken)])).toEqual([{ kind: 'handled' }]);
    expect(await dispatch(reads)([delivery('b', broken)])).toMatchObject([
      { kind: 'failed', reason: 'handler_error', detail: expect.stringContaining('SyntaxError') },
    ]);
    await dispatch(reads)([delivery('c')]);
    expect(payloads[1]).toBe(payloads[2]);
  });

  test('that ignores the signal is late at its timeout', async () => {
    let aborted: unknown;
    const handler = defineHandler((_, { signal }) => {
      signal.addEventListener('abort', () => (aborted = (signal.reason as Error).name));
      return new Promise(() => undefined);
    });
    const outcome = dispatch(handler)([delivery('one')]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject([{ kind: 'failed', reason: 'handler_timeout' }]);
    expect(aborted).toBe('TimeoutError');
  });

  test('that returns when the signal aborts is late all the same', async () => {
    const handler = defineHandler(
      (_, { signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    );
    const outcome = dispatch(handler)([delivery('one')]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject([{ reason: 'handler_timeout' }]);
  });

  test.each([
    ['an object', {}],
    ['a function', () => undefined],
  ])('is waited for where it gives %s to wait for that is no promise', async (_, waitFor) => {
    const end = (which: 'resolve' | 'reject') =>
      Object.assign(waitFor, {
        // oxlint-disable-next-line unicorn/no-thenable -- a handler may give one
        then: (resolve: (value: string) => void, reject: (error: unknown) => void) =>
          setTimeout(() => (which === 'resolve' ? resolve('done') : reject(new Error('lost'))), 500),
      });
    for (const [which, expected] of [
      ['resolve', { kind: 'handled' }],
      ['reject', { reason: 'handler_error', detail: 'Error: lost' }],
    ] as const) {
      const outcome = dispatch(defineHandler(() => end(which)))([delivery('one')]);
      let settled = false;
      void outcome.then(() => (settled = true));
      await vi.advanceTimersByTimeAsync(499);
      expect(settled).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await outcome).toMatchObject([expected]);
    }
  });

  test('logs what is no text as what it is, and does not fail by it: an object without a prototype cannot be made a text', async () => {
    const log = createLogFake();
    const query = Object.assign(Object.create(null) as object, { kind: 'push' });
    const handler = defineHandler((_, { log }) => {
      log.info(query as unknown as string);
      log.info(Symbol('x') as unknown as string);
    });
    expect(await dispatch(handler, log)([delivery('one')])).toEqual([{ kind: 'handled' }]);
    expect(log.lines.map(({ message }) => message)).toEqual(["[Object: null prototype] { kind: 'push' }", 'Symbol(x)']);
  });

  test('that took its time before it gave a promise has the rest of its timeout', async () => {
    const handler = defineHandler(() => {
      vi.advanceTimersByTime(600);
      return new Promise(() => undefined);
    });
    let outcomes: unknown;
    void dispatch(handler)([delivery('one')]).then((done) => (outcomes = done));
    await vi.advanceTimersByTimeAsync(399);
    expect(outcomes).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcomes).toMatchObject([{ reason: 'handler_timeout' }]);
  });

  test('that throws at once fails alone', async () => {
    const handler = defineHandler(({ id }) => {
      if (id === 'two') throw new PermanentError('never');
    });
    expect(await dispatch(handler)([delivery('one'), delivery('two'), delivery('three')])).toMatchObject([
      { kind: 'handled' },
      { kind: 'rejected', reason: 'permanent_error' },
      { kind: 'handled' },
    ]);
  });

  test('is given as a function, alone or behind the id of a provider: what else it is given is told', () => {
    const define = defineHandler as unknown as (...args: unknown[]) => Handler;
    expect(() => define('github')).toThrow(
      new TypeError("defineHandler takes a function, or a provider's id and a function, and was given string"),
    );
    expect(() => define({ provider: 'github' }, () => undefined)).toThrow('was given object and function');
    expect(() => (defineBatchHandler as unknown as typeof define)(undefined)).toThrow('was given undefined');
  });

  test('is loaded again until it loads, and then once', async () => {
    let loads = 0;
    const load = async () => {
      if (++loads === 1) throw new Error('no database');
      return { default: defineHandler(() => undefined) };
    };
    const run = dispatchInProcess({ load, provider: github, timeoutMs: 1000, log: createLogFake() });
    expect(await run([delivery('one')])).toEqual([
      { kind: 'failed', reason: 'handler_not_loaded', detail: 'Error: no database' },
    ]);
    expect(await run([delivery('one')])).toEqual([{ kind: 'handled' }]);
    await run([delivery('two')]);
    expect(loads).toBe(2);
  });

  test('that does not load says so in the log, with its file and where: the first thing that goes wrong on AWS is a variable that is not set', async () => {
    const log = createLogFake();
    const options = { provider: github, timeoutMs: 1000, log, file: 'src/handlers/github.ts' };
    const thrown = dispatchInProcess({ ...options, load: async () => Promise.reject(new TypeError('no key')) });
    const detail = 'src/handlers/github.ts: TypeError: no key';
    expect(await thrown([delivery('one')])).toEqual([{ kind: 'failed', reason: 'handler_not_loaded', detail }]);
    const stack = expect.stringContaining('dispatch.test.ts');
    expect(log.lines).toEqual([
      { level: 'error', message: 'a handler could not be loaded', fields: { source: 'github', detail, stack } },
    ]);
    // As Node has it of a file that it cannot parse.
    const unparsed = new SyntaxError('Unexpected token');
    unparsed.stack = `file:///app/src/part.ts:3\nconst = 7;\n\n${unparsed.stack}`;
    const mistaken = dispatchInProcess({ ...options, load: () => Promise.reject(unparsed) });
    expect(await mistaken([delivery('one')])).toMatchObject([
      { detail: 'src/handlers/github.ts: SyntaxError: Unexpected token (/app/src/part.ts:3)' },
    ]);
  });

  test('with a short timeout may take ten seconds to load, as a large SDK does at a cold start', async () => {
    const load = async () => {
      await new Promise((resolve) => setTimeout(resolve, 9000));
      return { default: defineHandler(() => {}) };
    };
    const run = dispatchInProcess({ load, provider: github, timeoutMs: 1000, log: createLogFake() });
    const outcomes = run([delivery('one')]);
    await vi.advanceTimersByTimeAsync(9000);
    expect(await outcomes).toEqual([{ kind: 'handled' }]);
  });

  test('that never ends to load fails its deliveries at the timeout, and is taken once it has', async () => {
    const loading = Promise.withResolvers<unknown>();
    const run = dispatchInProcess({
      load: () => loading.promise,
      provider: github,
      timeoutMs: 20_000,
      log: createLogFake(),
    });
    const outcomes = run([delivery('one')]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await outcomes).toEqual([
      {
        kind: 'failed',
        reason: 'handler_not_loaded',
        detail: 'it did not load within 20 s: does it await something at its top level?',
      },
    ]);
    loading.resolve({ default: defineHandler(() => {}) });
    expect(await run([delivery('two')])).toEqual([{ kind: 'handled' }]);
  });
});

describe('a batch handler', () => {
  const run = (handle: HandleBatch) =>
    dispatch(defineBatchHandler(handle))([delivery('a'), delivery('b'), delivery('c')]);
  const kinds = async (outcomes: ReturnType<typeof run>) =>
    (await outcomes).map((outcome) => ('reason' in outcome ? outcome.reason : outcome.kind));

  test('reports failures one by one, with all that an error can say', async () => {
    const outcomes = run((deliveries, { fail }) => {
      fail(deliveries[0]!, new PermanentError('never'));
      fail(deliveries[2]!, new RetryAfter(9));
    });
    expect(await kinds(outcomes)).toEqual(['permanent_error', 'handled', 'retry_after']);
  });

  test('that throws fails those that it had not reported', async () => {
    const outcomes = run((deliveries, { fail }) => {
      fail(deliveries[1]!, new PermanentError('never'));
      throw new Error('database');
    });
    expect(await kinds(outcomes)).toEqual(['handler_error', 'permanent_error', 'handler_error']);
  });

  test('that reports an object of its own loses nothing: all are tried again', async () => {
    const outcomes = run((deliveries, { fail }) => fail({ ...deliveries[0]! }, new Error('copy')));
    expect(await kinds(outcomes)).toEqual(['handler_error', 'handler_error', 'handler_error']);
  });

  test('that returns what map with an async function gives may report failures until all are done', async () => {
    const outcomes = run((deliveries, { fail }) =>
      deliveries.map(async (each, index) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (index === 1) fail(each, new Error('no stock'));
      }),
    );
    await vi.advanceTimersByTimeAsync(5);
    expect(await kinds(outcomes)).toEqual(['handled', 'handler_error', 'handled']);
  });

  test('that reports a failure after it returned is told so: that delivery counted as handled', async () => {
    const log = createLogFake();
    // As a forEach of async functions does, which nobody awaits.
    const handler = defineBatchHandler(
      (deliveries, { fail }) => void setTimeout(() => fail(deliveries[1]!, new Error('no stock')), 5),
    );
    expect(await dispatch(handler, log)([delivery('a'), delivery('b')])).toEqual([
      { kind: 'handled' },
      { kind: 'handled' },
    ]);
    await vi.advanceTimersByTimeAsync(5);
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        message: 'fail() was called after the handler had returned; did it await everything?',
        fields: { source: 'github', deliveryId: 'b', error: 'Error: no stock' },
      },
    ]);
  });

  test('has as many timeouts as deliveries', async () => {
    const outcomes = run(() => new Promise((resolve) => setTimeout(resolve, 2500)));
    await vi.advanceTimersByTimeAsync(2500);
    expect(await kinds(outcomes)).toEqual(['handled', 'handled', 'handled']);
    const late = run(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(3000);
    expect(await kinds(late)).toEqual(['handler_timeout', 'handler_timeout', 'handler_timeout']);
  });
});

describe('several destinations together', () => {
  const handled: Outcome = { kind: 'handled' };
  const rejected: Outcome = { kind: 'rejected', reason: 'forward_refused', detail: 'no' };
  const failed = (detail: string, retryAfterSeconds?: number): Outcome => ({
    kind: 'failed',
    reason: 'forward_failed',
    detail,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });

  test.each<[string, Outcome[], Outcome]>([
    ['handled by all', [handled, handled], handled],
    ['rejected by one', [handled, rejected], rejected],
    ['failed at one', [failed('a'), handled], failed('a')],
    ['failed at one and rejected by another, which are tried again together', [rejected, failed('a')], failed('a')],
    ['failed at two, and the longer delay counts', [failed('a', 60), failed('b', 600)], failed('a; b', 600)],
  ])('%s', async (_, outcomes, expected) => {
    const all = outcomes.map(
      (outcome) => async (deliveries: readonly VerifiedDelivery[]) => deliveries.map(() => outcome),
    );
    expect(await together(all)([delivery('one'), delivery('two')])).toEqual([expected, expected]);
  });

  test('one that reports nothing has failed', async () => {
    expect(await together([async () => [handled], async () => []])([delivery('one')])).toMatchObject([
      { kind: 'failed', reason: 'internal_error' },
    ]);
  });
});
