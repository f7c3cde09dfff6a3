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
    const listener = hub.listen();
    const waiting = listener?.wait(1000);
    hub.publish(attempts(1, 2));
    await waiting;
    expect(listener?.take()).toMatchObject({
      last: 2,
      omitted: 0,
      attempts: [{ requestId: 'req-1', outcome: 'handled', receivedAt: '1970-01-01T00:00:01.000Z' }, {}],
    });
  });

  it('is told that nothing happened when its time is over', async () => {
    const listener = createEventHub().listen();
    const waiting = listener?.wait(1000);
    await vi.advanceTimersByTimeAsync(1000);
    await waiting;
    expect(listener?.take()).toBeUndefined();
  });

  it('that does not read gets the newest 200 and the number of those left out; no more than 400 wait for it', async () => {
    const hub = createEventHub();
    const listener = hub.listen();
    for (let from = 0; from < 10_000; from += 50) hub.publish(attempts(from, 50));
    await listener?.wait(1000);
    const batch = listener?.take();
    expect(batch).toMatchObject({ last: 10_000, omitted: 9_800 });
    const told = batch?.attempts.map(({ requestId }) => requestId) ?? [];
    expect([told.length, told[0], told.at(-1)]).toEqual([200, 'req-9800', 'req-9999']);
    expect(listener?.take()).toBeUndefined();
  });

  it('that comes back is told how many it missed, and nothing when it missed none', () => {
    const hub = createEventHub();
    hub.publish(attempts(1, 5));
    expect(hub.listen(3)?.take()).toEqual({ last: 5, attempts: [], omitted: 2 });
    expect(hub.listen(5)?.take()).toBeUndefined();
  });

  it('that knows a number of an earlier run missed all of this one', () => {
    const hub = createEventHub();
    hub.publish(attempts(1, 5));
    expect(hub.listen(700)?.take()).toEqual({ last: 5, attempts: [], omitted: 5 });
  });

  it('ends when the hub closes', async () => {
    const hub = createEventHub();
    const listener = hub.listen();
    const waiting = listener?.wait(1000);
    hub.close();
    await waiting;
    expect(listener?.closed).toBe(true);
    expect(listener?.take()).toBeUndefined();
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
