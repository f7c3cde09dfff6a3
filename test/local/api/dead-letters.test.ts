import { afterEach, describe, expect, it } from 'vitest';
import { formatOutcome } from '../../../src/consumer/outcome-attribute.ts';
import type { ApiContext } from '../../../src/local/api/context.ts';
import { received } from '../../fakes/source.ts';
import { type Harness, startHarness } from './harness.ts';

let running: Harness | undefined;
afterEach(() => running?.api.close());

const at = Date.UTC(2026, 0, 2);
const thrown = formatOutcome({ kind: 'failed', reason: 'handler_error', detail: 'Error: no' }, { attempts: 5, at });

/** 250 dead letters of github's, in pages as the queue gives them. */
async function start() {
  const all = Array.from({ length: 250 }, (_, index) => {
    const message = received({ at, id: `d-${index}` });
    return { ...message, attributes: { ...message.attributes, ...thrown }, enteredAt: at, visibleAt: at };
  });
  const asked: string[] = [];
  const list = async ({ limit, after }: { limit: number; after?: string }) => {
    const begin = Number(after ?? 0);
    const end = begin + limit;
    return { messages: all.slice(begin, end), ...(end < all.length && { next: String(end) }) };
  };
  const queue = (name: string) => {
    asked.push(name);
    const depth = async () => ({ visible: all.length, inFlight: 0, delayed: 0 });
    return { list, depth };
  };
  running = await startHarness({ queues: { queue } as unknown as ApiContext['queues'] });
  return { ...running, asked, all };
}

describe('GET /api/dead-letters', () => {
  it('tells why each rests, without headers and body, and looks into the dead-letter queue alone', async () => {
    const { ask, asked } = await start();
    const { status, json } = await ask('/api/dead-letters?source=github&limit=120');
    expect(status).toBe(200);
    expect(json).toHaveLength(120);
    expect((json as unknown[])[119]).toMatchObject({ deliveryId: 'd-119', reason: 'handler_error', attempts: 5 });
    expect(JSON.stringify(json)).not.toMatch(/headers|body|signature/);
    expect(asked).toEqual(['acme-webhooks-github-dlq']);
  });

  it('lists those of one reason and event type, on whichever page they are', async () => {
    const { ask, all } = await start();
    all.push({ ...all[0]!, attributes: received({ at, id: 'other' }).attributes });
    const idsOf = async (query: string) => {
      const { json } = await ask(`/api/dead-letters?source=github&limit=300${query}`);
      return (json as { deliveryId: string }[]).map(({ deliveryId }) => deliveryId);
    };
    expect(await idsOf('&reason=unknown')).toEqual(['other']);
    expect(await idsOf('&reason=unknown&eventType=push')).toEqual(['other']);
    expect(await idsOf('&reason=unknown&eventType=')).toEqual([]);
    expect(await idsOf('&reason=handler_error&eventType=push')).toHaveLength(250);
    expect(await idsOf('&eventType=issues')).toEqual([]);
  });

  it('shows one with its body, by any of its ids, on whichever page it is', async () => {
    const { ask } = await start();
    for (const id of ['d-201', 'request-d-201', 'message%20of%20d-201'])
      expect(await ask(`/api/dead-letters/${id}?source=github`)).toMatchObject({
        status: 200,
        json: { deliveryId: 'd-201', body: '{"zen":"x"}', headers: { 'x-github-event': 'push' } },
      });
  });

  it('groups them by source, reason and event type', async () => {
    const { ask } = await start();
    const { json } = await ask('/api/dead-letters/groups?source=github');
    const rests = { oldest: '2026-01-02T00:00:00.000Z', newest: '2026-01-02T00:00:00.000Z' };
    expect(json).toEqual({
      groups: [{ source: 'github', kind: 'failed', reason: 'handler_error', eventType: 'push', count: 250, ...rests }],
      total: 250,
      lookedAt: 250,
    });
    expect((await ask('/api/dead-letters/groups')).json).toMatchObject({ groups: [{}, { source: 'zendesk' }] });
    expect((await ask('/api/dead-letters/groups?source=nobody')).status).toBe(404);
  });

  it('groups no more than 16 MiB of bodies, and lets the gateway answer between two of them', async () => {
    const { ask, all } = await start();
    const large = 'x'.repeat(2 ** 20);
    let turn = 0;
    let counting = true;
    const count = () => {
      turn += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const turns = new Set<number>();
    const get = () => {
      turns.add(turn);
      return large;
    };
    for (const letter of all) Object.defineProperty(letter, 'body', { get });
    const { json } = await ask('/api/dead-letters/groups?source=github');
    counting = false;
    expect(json).toMatchObject({ total: 250, lookedAt: 16 });
    expect(turns.size).toBe(16);
  });

  it.each([
    ['', 400],
    ['?source=nobody', 404],
    ['?source=github&limit=0', 400],
    ['/d-999?source=github', 404],
    ['/d-1', 400],
    ['/%zz?source=github', 400],
  ])('refuses %s with %i and a reason', async (rest, status) => {
    const { ask } = await start();
    expect(await ask(`/api/dead-letters${rest}`)).toMatchObject({ status, json: { error: expect.any(String) } });
  });
});
