import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { github } from '../../providers/github.ts';
import { dispatchInProcess } from '../../src/delivery/dispatch.ts';
import { defineBatchHandler, defineHandler, type Handler } from '../../src/delivery/handler.ts';
import type { Log } from '../../src/log.ts';
import { verifiedDelivery } from '../fakes/delivery.ts';
import { createLogFake } from '../fakes/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const delivery = (id: string) => verifiedDelivery({ id });
const dispatch = (handler: Handler, log: Log = createLogFake()) =>
  dispatchInProcess({ load: async () => ({ default: handler }), provider: github, timeoutMs: 1000, log });

describe('a handler', () => {
  const settled = (...all: Promise<unknown>[]) => Promise.allSettled(all);
  const refused = () => new Response('no', { status: 503 });
  test.each<[string, () => unknown, string]>([
    [
      'an answer that is not ok, which fetch does not reject',
      refused,
      'Error: the handler returned a Response with status 503',
    ],
    ['a promise of one', async () => refused(), 'Error: the handler returned a Response with status 503'],
    [
      'several, of which one is not ok',
      async () => [new Response('yes'), refused()],
      'Error: the handler returned a Response with status 503',
    ],
    [
      'results of which one is rejected',
      () => settled(Promise.resolve(1), Promise.reject(new Error('no stock'))),
      'Error: no stock',
    ],
    [
      'results of which one is an answer that is not ok',
      () => settled(Promise.resolve(refused())),
      'Error: the handler returned a Response with status 503',
    ],
    [
      'results in a list of its own for each part of the work, of which one is rejected',
      () => Promise.all([settled(Promise.resolve(1)), settled(Promise.reject(new Error('no stock')))]),
      'Error: no stock',
    ],
    [
      'answers in such lists, of which one is not ok',
      async () => [[new Response('yes')], [new Response('yes'), refused()]],
      'Error: the handler returned a Response with status 503',
    ],
    ['an error that it did not throw', () => new Error('no stock'), 'Error: no stock'],
    // oxlint-disable-next-line require-yield -- what matters is the asterisk
    ['a generator', function* () {}, 'Error: the handler returned a generator, of which nothing runs'],
    ['an async generator', async function* () {}, 'Error: the handler returned a generator, of which nothing runs'],
    ['a function', () => async () => {}, 'Error: the handler returned a function, which nobody calls'],
  ])('that returns %s has failed', async (_, handle, detail) => {
    const log = createLogFake();
    const outcomes = await dispatch(defineHandler(handle), log)([delivery('one')]);
    expect(outcomes).toEqual([{ kind: 'failed', reason: 'handler_error', detail }]);
    expect(log.lines).toMatchObject([{ level: 'error', message: 'the handler failed', fields: { error: detail } }]);
    const batch = await dispatch(defineBatchHandler(handle))([delivery('a'), delivery('b')]);
    expect(batch).toEqual([...outcomes, ...outcomes]);
  });

  test.each<[string, unknown]>([
    ['an answer that is ok', new Response('yes')],
    ['a refused order of a database', { status: 'rejected', reason: 'fraud' }],
    ['several', [{ id: 1, status: 'rejected', reason: 'fraud' }]],
    ['results that are all fulfilled', [{ status: 'fulfilled', value: 1 }]],
    ['false', false],
    ['null', null],
  ])('that returns %s has handled', async (_, returned) => {
    expect(await dispatch(defineHandler(() => returned))([delivery('one')])).toEqual([{ kind: 'handled' }]);
    expect(await dispatch(defineHandler(async () => returned))([delivery('one')])).toEqual([{ kind: 'handled' }]);
  });

  test('that returns a list of promises, as map with an async function gives it, is waited for', async () => {
    const later = (error?: Error) =>
      new Promise<void>((resolve, reject) => setTimeout(() => (error ? reject(error) : resolve()), 5));
    const lists = [
      () => [later(), later(new Error('no stock'))],
      async () => [later(new Error('no stock')), later()],
      // As for each item of each delivery.
      () => [[later()], [later(), later(new Error('no stock'))]],
      () => [Promise.resolve([later(new Error('no stock'))])],
    ];
    for (const handle of lists) {
      const outcomes = dispatch(defineHandler(handle))([delivery('one')]);
      await vi.advanceTimersByTimeAsync(5);
      expect(await outcomes).toEqual([{ kind: 'failed', reason: 'handler_error', detail: 'Error: no stock' }]);
    }
    const outcomes = dispatch(defineHandler(() => [later(), [later()]]))([delivery('one')]);
    await vi.advanceTimersByTimeAsync(5);
    expect(await outcomes).toEqual([{ kind: 'handled' }]);
  });

  test('that returns a list which holds itself has handled', async () => {
    const list: unknown[] = [1];
    list.push(list, list);
    expect(await dispatch(defineHandler(() => list))([delivery('one')])).toEqual([{ kind: 'handled' }]);
  });
});
