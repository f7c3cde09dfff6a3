import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseOutcome } from '../../src/consumer/outcome-attribute.ts';
import { decideAction } from '../../src/consumer/settle.ts';
import { longestRetrySeconds } from '../../src/delivery/handler-errors.ts';
import { failureReasons, type Outcome } from '../../src/delivery/outcome.ts';

const now = 1_700_000_000_000;
const plan = { maxReceiveCount: 5, onRejected: 'deadLetter', timeoutSeconds: 30 } as const;
const queue = { retentionSeconds: 604_800 };
type Message = Parameters<typeof decideAction>[1];
type Context = Parameters<typeof decideAction>[2];
const decide = (outcome: Outcome, message: Partial<Message> = {}, context: Partial<Context> = {}) =>
  decideAction(
    outcome,
    { receiveCount: 1, sentAt: now, firstReceivedAt: now, ...message },
    { queue, plan, now, random: () => 0.5, ...context },
  );
const rejected = (reason: Extract<Outcome, { kind: 'rejected' }>['reason']): Outcome => ({
  kind: 'rejected',
  reason,
  detail: 'why',
});
const failed = (retryAfterSeconds?: number): Outcome => ({
  kind: 'failed',
  reason: 'handler_error',
  detail: 'Error: no',
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});

test.each(['handled', 'ignored', 'duplicate'] as const)('what was %s is deleted', (kind) => {
  expect(decide({ kind }, { receiveCount: 9 })).toEqual({ kind: 'delete' });
});

describe('what was rejected', () => {
  test('goes to the dead-letter queue at its first receive, with its reason', () => {
    const action = decide(rejected('signature_mismatch'));
    expect(action.kind).toBe('deadLetter');
    const { HookportOutcome } = action.kind === 'deadLetter' ? action.attributes : {};
    expect(HookportOutcome?.dataType).toBe('String');
    expect(JSON.parse(HookportOutcome?.stringValue ?? '')).toEqual({
      kind: 'rejected',
      reason: 'signature_mismatch',
      detail: 'why',
      attempts: 1,
      at: now,
    });
  });

  const drop = { plan: { ...plan, onRejected: 'drop' } } as const;
  test.each([
    'signature_mismatch',
    'missing_signature',
    'stale_timestamp',
    'malformed_message',
    'context_mismatch',
  ] as const)('for %s is dropped where the source says so', (reason) => {
    expect(decide(rejected(reason), {}, drop)).toEqual({ kind: 'delete' });
  });
  test.each([
    'permanent_error',
    'payload_mismatch',
    'forward_refused',
    'unknown_wire_version',
    'other_provider',
    'missing_context',
    'verification_error',
  ] as const)('for %s is kept even there: it may be genuine', (reason) => {
    expect(decide(rejected(reason), {}, drop).kind).toBe('deadLetter');
  });
});

describe('what failed', () => {
  test.each([
    [1, 30],
    [2, 120],
    [3, 480],
    [4, 1920],
  ])('at receive %i of 5 comes back after %i s', (receiveCount, seconds) => {
    expect(decide(failed(), { receiveCount })).toEqual({ kind: 'retry', seconds });
  });

  test.each([5, 6])('at receive %i of 5 is moved to the dead-letter queue by us, with the error', (receiveCount) => {
    const action = decide(failed(10), { receiveCount });
    expect(parseOutcome(action.kind === 'deadLetter' ? action.attributes : {})).toEqual({
      kind: 'failed',
      reason: 'handler_error',
      detail: 'Error: no',
      attempts: receiveCount,
      at: now,
    });
  });

  test.each([
    [0, 0],
    [0.2, 1],
    [90, 90],
    [1e9, longestRetrySeconds],
  ])('asking for %f s gets %i s', (asked, seconds) => {
    expect(decide(failed(asked))).toEqual({ kind: 'retry', seconds });
  });

  test('is put aside where its queue would have deleted it before the next attempt ends', () => {
    const sentAt = now - (queue.retentionSeconds - 60 - plan.timeoutSeconds) * 1000;
    expect(decide(failed(60), { sentAt })).toEqual({ kind: 'retry', seconds: 60 });
    const action = decide(failed(61), { sentAt });
    expect(parseOutcome(action.kind === 'deadLetter' ? action.attributes : {})).toMatchObject({
      kind: 'failed',
      reason: 'handler_error',
      detail: 'Error: no; not tried again: its queue would have deleted it by then',
      attempts: 1,
    });
    // The queue goes by its own clock.
    const setBack = { now: now - 5 * 3_600_000 };
    expect(decide(failed(60), { sentAt }, setBack).kind).toBe('retry');
    expect(decide(failed(61), { sentAt }, setBack).kind).toBe('deadLetter');
  });

  test('the longest delay is the one that RetryAfter and docs/forward.md name', () => {
    const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(longestRetrySeconds).toBe(11 * 3600 + 40 * 60);
    expect(read('src/delivery/handler-errors.ts')).toContain('0 to 42,000 (11 hours and 40 minutes)');
    expect(read('docs/forward.md')).toContain('`Retry-After` makes a delay longer, up to 11 hours and 40 minutes');
  });

  test.each(Object.keys(failureReasons) as (keyof typeof failureReasons)[])('for %s is never deleted', (reason) => {
    const outcome: Outcome = { kind: 'failed', reason, detail: '' };
    expect(decide(outcome, {}, { plan: { ...plan, onRejected: 'drop' } }).kind).toBe('retry');
    expect(decide(outcome, { receiveCount: 5 }).kind).toBe('deadLetter');
  });
});

describe('the reason in a dead letter', () => {
  const format = (detail: string) => {
    const action = decide({ kind: 'rejected', reason: 'malformed_body', detail });
    return (action.kind === 'deadLetter' ? action.attributes['HookportOutcome']?.stringValue : undefined) ?? '';
  };

  test.each([
    ['long', 'x'.repeat(100_000)],
    ['all quotes', '"'.repeat(100_000)],
    ['all control characters', '\u0000'.repeat(100_000)],
    ['astral characters', '😀'.repeat(50_000)],
    ['lone surrogates', '\ud800'.repeat(50_000)],
  ])('takes 2 KiB at most when it is %s', (_, detail) => {
    const text = format(detail);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
    expect(Buffer.byteLength(text)).toBeGreaterThan(1000);
    expect(text.isWellFormed()).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ reason: 'malformed_body' });
  });

  test('holds no character that SQS refuses', () => {
    // From SendMessage's documentation: these alone are taken.
    expect(format('\u0000\u001b\u007f\ufffe\uffff\ud800ä😀')).toMatch(
      /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u,
    );
  });

  test.each(['', 'nonsense', 'null', '[]', '1', '{"kind":7,"reason":{}}'])(
    'that reads %j is unknown, not an error',
    (stringValue) => {
      expect(parseOutcome({ HookportOutcome: { dataType: 'String', stringValue } })).toMatchObject({
        kind: 'unknown',
        reason: 'unknown',
      });
    },
  );

  test('is unknown for what the queue itself moved', () => {
    expect(parseOutcome({})).toMatchObject({ kind: 'unknown', at: undefined });
  });
});
