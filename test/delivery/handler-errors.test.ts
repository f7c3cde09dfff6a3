import { describe, expect, test } from 'vitest';
import { outcomeOfError, RetryAfter } from '../../src/delivery/handler-errors.ts';

describe('what a handler throws', () => {
  test('is told by its code: errors of another copy of Hookport count', () => {
    expect(outcomeOfError({ code: 'HOOKPORT_PERMANENT' })).toMatchObject({
      kind: 'rejected',
      reason: 'permanent_error',
    });
    expect(outcomeOfError({ code: 'HOOKPORT_RETRY_AFTER', seconds: 5 })).toMatchObject({ retryAfterSeconds: 5 });
  });

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('x')],
    ['a revoked proxy', revoked.proxy],
    ['an object without a prototype', Object.create(null)],
    [
      'an error whose message throws',
      Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          throw new Error('y');
        },
      }),
    ],
    [
      'an error whose code throws',
      Object.defineProperty(new Error('x'), 'code', {
        get: () => {
          throw new Error('y');
        },
      }),
    ],
    ['a delay that is no number', { code: 'HOOKPORT_RETRY_AFTER', seconds: 'soon' }],
    ['a delay that never ends', { code: 'HOOKPORT_RETRY_AFTER', seconds: Infinity }],
    ['a delay into the past', { code: 'HOOKPORT_RETRY_AFTER', seconds: -1 }],
  ])('%s is a failure like any other', (_, thrown) => {
    expect(outcomeOfError(thrown)).toMatchObject({ kind: 'failed', reason: 'handler_error' });
  });

  test('is described in 500 characters at most', () => {
    const outcome = outcomeOfError(new Error('x'.repeat(100_000)));
    expect('detail' in outcome ? outcome.detail.length : undefined).toBe(500);
  });

  const refused = () => new Error('connect ECONNREFUSED 127.0.0.1:5432');
  const circular = new Error('round');
  circular.cause = circular;
  test.each<[string, unknown, string]>([
    [
      'a request',
      new TypeError('fetch failed', { cause: refused() }),
      `TypeError: fetch failed (${String(refused())})`,
    ],
    [
      'a connection to a host of two addresses, whose error has no message',
      new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), refused()]),
      `AggregateError (Error: connect ECONNREFUSED ::1:5432; ${String(refused())})`,
    ],
    ['an object with a message', { code: 429, message: 'slow down' }, 'threw slow down'],
    ['another object', { status: 401, headers: { authorization: 'x' } }, 'threw an object with status, headers'],
    ['an answer, which has no keys of its own', new Response('no', { status: 401 }), 'threw [object Response]'],
    ['an error that causes itself', circular, 'Error: round (Error: round (Error: round (Error: round)))'],
  ])('%s is described with what caused it', (_, thrown, detail) => {
    expect(outcomeOfError(thrown)).toMatchObject({ reason: 'handler_error', detail });
  });

  test.each([Number.NaN, -1, Infinity])('RetryAfter refuses %d seconds', (seconds) => {
    expect(() => new RetryAfter(seconds)).toThrow(RangeError);
  });
});
