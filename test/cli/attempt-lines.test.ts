import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAttemptPrinter, describeAttempt } from '../../src/cli/attempt-lines.ts';
import type { AttemptLine } from '../../src/local/consumer-protocol.ts';
import { aRecord, failed, rejected } from '../local/journal/records.ts';

function attempt(changes: Partial<AttemptLine> = {}): AttemptLine {
  const { headers: _headers, body: _body, ...line } = aRecord({ finishedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
  return { ...line, ...changes };
}

const plain = (line: AttemptLine) => stripVTControlCharacters(describeAttempt(line));

describe('the line of an attempt', () => {
  it('tells when, what became of it, where from, what and how long', () => {
    expect(plain(attempt())).toBe('03:04:05.678  handled    github  push  delivery-1  3 ms');
  });

  it('tells the reason, the attempt and where it rests', () => {
    expect(plain(attempt({ outcome: failed, attempt: 5, deadLettered: true }))).toBe(
      '03:04:05.678  failed     github  push  delivery-1  3 ms  attempt 5  handler_error: Error: no  → dead-letter queue',
    );
    expect(plain(attempt({ outcome: rejected, eventType: undefined, deliveryId: undefined }))).toBe(
      '03:04:05.678  rejected   github  -  -  3 ms  signature_mismatch: no active secret',
    );
  });

  it('shows control characters of a sender as text, so that none reaches the terminal', () => {
    const line = plain(attempt({ deliveryId: 'a\u001b[2Jb\r\nc\u202e', eventType: '\u009b31m' }));
    expect(line).toContain(String.raw`\u009b31m  a\u001b[2Jb\u000d\u000ac\u202e`);
  });
});

describe('many attempts', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tell once for each source where it says why they were rejected', () => {
    const written: string[] = [];
    const print = createAttemptPrinter((text) => written.push(text), ' --config w.yaml');
    const paddle = { source: 'paddle', outcome: rejected, deadLettered: true };
    print([attempt(), attempt({ outcome: failed }), attempt(paddle), attempt(paddle)]);
    print([attempt({ outcome: rejected, deadLettered: true })]);
    vi.advanceTimersByTime(100);
    print([attempt(paddle)]);
    vi.advanceTimersByTime(100);
    const lines = stripVTControlCharacters(written.join('\n')).split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[3]).toBe('              why: hookport dlq list paddle --config w.yaml');
    expect(lines[6]).toBe('              why: hookport dlq list github --config w.yaml');
  });

  it('are counted beyond what a person reads, those that went wrong shown first', () => {
    const written: string[] = [];
    const print = createAttemptPrinter((text) => written.push(text));
    print(Array.from({ length: 500 }, () => attempt()));
    print([attempt({ outcome: failed })]);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(100);
    const lines = stripVTControlCharacters(written.join('\n')).split('\n');
    expect(lines).toHaveLength(22);
    expect(lines[20]).toContain('handler_error');
    expect(lines[21]).toContain('and 480 handled');
    print([attempt()]);
    vi.advanceTimersByTime(100);
    expect(written).toHaveLength(2);
  });
});
