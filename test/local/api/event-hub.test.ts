import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventHub } from '../../../src/local/api/event-hub.ts';
import type { AttemptLine } from '../../../src/local/consumer-protocol.ts';
import { aRecord } from '../journal/records.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function attempts(from: number, count: number): AttemptLine[] {
  return Array.from({ length: count }, (_, index) => {
    const { headers: _headers, body: _body, ...line } = aRecord({ requestId: `req-${from + index}` });
    return line;
  });
}

describe('a listener', () => {
  it('is told at once of what happens, as the list of deliveries tells it', async () => {
    const hub = createEventHub();
    const next = hub.listen()?.next(1000);
    hub.publish(attempts(1, 2));
    expect(await next).toMatchObject({
      last: 2,
      omitted: 0,
      attempts: [{ requestId: 'req-1', outcome: 'handled', receivedAt: '1970-01-01T00:00:01.000Z' }, {}],
    });
  });

  it('is told that nothing happened when its time is over', async () => {
    const next = createEventHub().listen()?.next(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await next).toBe('nothing');
  });

  it('that does not read gets the newest 200 and the number of those left out; no more than 400 wait for it', async () => {
    const hub = createEventHub();
    const listener = hub.listen();
    for (let from = 0; from < 10_000; from += 50) hub.publish(attempts(from, 50));
    const batch = await listener?.next(1000);
    expect(batch).toMatchObject({ last: 10_000, omitted: 9_800 });
    const told = typeof batch === 'object' ? batch.attempts.map(({ requestId }) => requestId) : [];
    expect([told.length, told[0], told.at(-1)]).toEqual([200, 'req-9800', 'req-9999']);
    const next = listener?.next(10);
    await vi.advanceTimersByTimeAsync(10);
    expect(await next).toBe('nothing');
  });

  it('that comes back is told how many it missed, and nothing when it missed none', async () => {
    const hub = createEventHub();
    hub.publish(attempts(1, 5));
    expect(await hub.listen(3)?.next(1000)).toEqual({ last: 5, attempts: [], omitted: 2 });
    const current = hub.listen(5)?.next(10);
    await vi.advanceTimersByTimeAsync(10);
    expect(await current).toBe('nothing');
  });

  it('that knows a number of an earlier run missed all of this one', async () => {
    const hub = createEventHub();
    hub.publish(attempts(1, 5));
    expect(await hub.listen(700)?.next(1000)).toEqual({ last: 5, attempts: [], omitted: 5 });
  });

  it('ends when the hub closes', async () => {
    const hub = createEventHub();
    const listener = hub.listen();
    const next = listener?.next(1000);
    hub.close();
    expect(await next).toBeUndefined();
    expect(await listener?.next(1000)).toBeUndefined();
    expect(hub.listeners).toBe(0);
  });

  it('is refused when as many listen as may, until one has gone', () => {
    const hub = createEventHub({ maxListeners: 2 });
    const first = hub.listen();
    hub.listen();
    expect(hub.listen()).toBeUndefined();
    first?.close();
    expect(hub.listen()).toBeDefined();
  });
});
