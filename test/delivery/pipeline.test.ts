import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { github } from '../../providers/github.ts';
import { gitlab } from '../../providers/gitlab.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import type { Deduplication } from '../../src/deduplication/deduplication.ts';
import type { Outcome } from '../../src/delivery/outcome.ts';
import type { Scheme, TokenScheme } from '../../src/signature/scheme.ts';
import { functionTimeoutSeconds } from '../../src/plan/function-timeout.ts';
import { workerRunSeconds } from '../../src/plan/delivery-seconds.ts';
import { setUpPipeline as setUp } from '../fakes/pipeline.ts';
import { type Arrival, createFakeSecrets, received, sourcePlan } from '../fakes/source.ts';

const now = 1_700_000_000_000;
beforeEach(() => void vi.useFakeTimers({ now, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** Keeps what completed and what is claimed, as the port says. */
function createFakeDeduplication(): Deduplication & {
  completed: Map<string, string | undefined>;
  claimed: Set<string>;
} {
  const completed = new Map<string, string | undefined>();
  const claimed = new Set<string>();
  return {
    completed,
    claimed,
    async begin({ deliveryId }) {
      if (completed.has(deliveryId)) return 'completed';
      if (claimed.has(deliveryId)) return 'inProgress';
      claimed.add(deliveryId);
      return 'started';
    },
    async complete({ deliveryId, bodyHash }) {
      claimed.delete(deliveryId);
      completed.set(deliveryId, bodyHash);
    },
    async release({ deliveryId }) {
      claimed.delete(deliveryId);
    },
    async seenBody({ deliveryId, bodyHash }) {
      return [...completed].some(([id, hash]) => id !== deliveryId && hash === bodyHash);
    },
  };
}

describe('a genuine delivery', () => {
  test('is handed over with what the request said, and names the secret that matched', async () => {
    const { run, dispatched } = setUp();
    const processed = await run({ body: '{"a":"ä"}', id: 'id-7', event: 'issues', at: now - 5000 });
    expect(processed).toMatchObject({ outcome: { kind: 'handled' }, secretVersion: 'current' });
    expect(processed.request).toMatchObject({
      requestId: 'request-id-7',
      receivedAt: now - 5000,
      sourceIp: '192.0.2.1',
    });
    expect(dispatched).toEqual([
      {
        source: 'github',
        provider: 'github',
        id: 'id-7',
        idSigned: false,
        eventType: 'issues',
        receivedAt: now - 5000,
        headers: expect.objectContaining({ 'x-github-event': 'issues' }),
        body: '{"a":"ä"}',
        attempt: 1,
        suspectedReplay: false,
      },
    ]);
  });

  test('is taken with the previous secret, and says so', async () => {
    const secrets = createFakeSecrets('newer', 'right');
    expect(await setUp({ secrets }).run()).toMatchObject({ outcome: { kind: 'handled' }, secretVersion: 'previous' });
  });

  test('is verified by the bytes behind a body in base64, and handed over as these', async () => {
    const { process, dispatched } = setUp();
    const signature = createHmac('sha256', 'right').update('payload=%7B%7D').digest('hex');
    const arrival = {
      headers: { 'x-hub-signature-256': `sha256=${signature}` },
      body: Buffer.from('payload=%7B%7D').toString('base64'),
    };
    expect((await process(received(arrival))).outcome).toEqual({ kind: 'handled' });
    expect(Buffer.from(dispatched[0]!.body).toString()).toBe('payload=%7B%7D');
  });

  test('counts attempts by receives', async () => {
    const { process, dispatched } = setUp();
    await process(received({}, { receiveCount: 4 }));
    expect(dispatched[0]?.attempt).toBe(4);
  });

  test('whose event is not wanted is ignored, after it was verified', async () => {
    const { run, dispatched } = setUp({ source: sourcePlan({ events: ['issues'] }) });
    expect((await run({ event: 'push' })).outcome).toEqual({ kind: 'ignored' });
    expect((await run({ event: 'push', secret: 'wrong' })).outcome).toMatchObject({ kind: 'rejected' });
    expect((await run({ event: 'issues' })).outcome).toEqual({ kind: 'handled' });
    expect(dispatched).toHaveLength(1);
  });
});

describe('a delivery that is refused', () => {
  test.each<[string, Arrival, string]>([
    ['a wrong signature', { secret: 'wrong' }, 'signature_mismatch'],
    ['no signature', { headers: { 'x-hub-signature-256': '' } }, 'missing_signature'],
    ['an old kind of signature', { headers: { 'x-hub-signature-256': 'sha1=00' } }, 'malformed_signature'],
  ])('%s is rejected and never handed over', async (_, arrival, reason) => {
    const { run, dispatched } = setUp();
    const processed = await run(arrival);
    expect(processed.outcome).toMatchObject({ kind: 'rejected', reason });
    expect(processed).toMatchObject({ delivery: undefined, secretVersion: undefined });
    expect(processed.request?.requestId).toBe('request-delivery-1');
    expect(dispatched).toEqual([]);
  });

  test('because it did not come through the endpoint has no request', async () => {
    const { process } = setUp();
    const processed = await process({ ...received(), attributes: {} });
    expect(processed).toMatchObject({ outcome: { kind: 'rejected', reason: 'malformed_message' }, request: undefined });
  });

  test.each([
    [
      'the scheme throws',
      { scheme: 'code', summary: '', coversBody: true, verify: () => Promise.reject(new Error('secret!')) },
    ],
    ['the scheme is unknown', { scheme: 'future' }],
  ])('because %s is rejected, never verified', async (_, scheme) => {
    const { run, dispatched } = setUp({ provider: { ...github, verify: scheme as unknown as Scheme } });
    const { outcome } = await run();
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'verification_error' });
    expect(JSON.stringify(outcome)).not.toContain('secret!');
    expect(dispatched).toEqual([]);
  });
});

test('a static credential from before the source went over to signatures is in no record', async () => {
  const { run, log } = setUp({ source: sourcePlan({}, { verify: 'signing-token' }), provider: gitlab });
  const processed = await run({ headers: { 'x-gitlab-token': 'clear-text-token' } });
  expect(processed.request?.headers).toHaveProperty('content-type');
  expect(JSON.stringify([processed, log.lines])).not.toContain('clear-text-token');
});

test('a static credential is in no delivery and no record', async () => {
  const scheme: TokenScheme = { scheme: 'token', at: { header: 'x-token' } };
  const provider: Provider = { ...github, verify: scheme, headers: { ...github.headers, 'x-token': 'always' } };
  const secrets = createFakeSecrets('genuine-token');
  const { run, dispatched, log } = setUp({ provider, secrets });
  const good = await run({ headers: { 'x-token': 'genuine-token' } });
  const bad = await run({ headers: { 'x-token': 'almost-genuine-token' } });
  expect([good.outcome.kind, bad.outcome.kind]).toEqual(['handled', 'rejected']);
  expect(JSON.stringify([good, bad, dispatched, log.lines])).not.toContain('genuine-token');
});

describe('handing over', () => {
  const failed: Outcome = { kind: 'failed', reason: 'handler_error', detail: 'Error: no' };

  test('gives back what the handler came to', async () => {
    const { run } = setUp({ dispatch: async () => [failed] });
    expect((await run()).outcome).toEqual(failed);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['says nothing', async () => []],
  ])('that %s is a failure of our own, not a loss', async (_, dispatch) => {
    expect((await setUp({ dispatch }).run()).outcome).toMatchObject({ kind: 'failed', reason: 'internal_error' });
  });

  test('a batch is verified one by one and handed over together', async () => {
    const sizes: number[] = [];
    const { pipeline } = setUp({
      dispatch: async (deliveries) => {
        sizes.push(deliveries.length);
        return deliveries.map(({ id }) => (id === 'c' ? failed : { kind: 'handled' }));
      },
    });
    const results = await pipeline.process([
      received({ id: 'a' }),
      received({ id: 'b', secret: 'wrong' }),
      received({ id: 'c' }),
      received({ id: 'd' }),
    ]);
    expect(results.map(({ outcome }) => outcome.kind)).toEqual(['handled', 'rejected', 'failed', 'handled']);
    expect(sizes).toEqual([3]);
  });
});

describe('deduplication', () => {
  const source = sourcePlan({ deduplicate: { keepSeconds: 3600 } });

  test('a completed delivery is a duplicate, and is not handed over again', async () => {
    const { run, dispatched } = setUp({ source, deduplication: createFakeDeduplication() });
    expect((await run()).outcome).toEqual({ kind: 'handled' });
    expect((await run()).outcome).toEqual({ kind: 'duplicate' });
    expect(dispatched).toHaveLength(1);
  });

  test('a delivery that failed is handed over again', async () => {
    const outcomes: Outcome[] = [{ kind: 'failed', reason: 'handler_error', detail: '' }, { kind: 'handled' }];
    const deduplication = createFakeDeduplication();
    const { run } = setUp({ source, deduplication, dispatch: async () => [outcomes.shift()!] });
    expect((await run()).outcome.kind).toBe('failed');
    expect(deduplication.claimed.size).toBe(0);
    expect((await run()).outcome.kind).toBe('handled');
  });

  test('the same delivery while it is being handled waits until the claim must have ended', async () => {
    const release = Promise.withResolvers<readonly Outcome[]>();
    const { run } = setUp({ source, deduplication: createFakeDeduplication(), dispatch: () => release.promise });
    const first = run();
    const second = await run();
    release.resolve([{ kind: 'handled' }]);
    expect(second.outcome).toMatchObject({ kind: 'failed', reason: 'in_progress', retryAfterSeconds: 60 });
    expect((await first).outcome.kind).toBe('handled');
  });

  test.each([
    ['a handler', {}, 3 * 30 + 30],
    ['a handler and a forward over HTTP behind it', { url: 'https://inside.example.com/' }, 3 * (30 + 20) + 30],
  ])('a claim outlives the longest batch of %s, and then ends by itself', async (_, http, seconds) => {
    const secret = { name: 'acme/github/forward', existing: false };
    const forward = 'url' in http && { forward: { http: { ...http, timeoutSeconds: 20, secret } } };
    const fake = createFakeDeduplication();
    const begin = vi.spyOn(fake, 'begin');
    const consumer = { deduplicate: { keepSeconds: 3600 }, batch: { size: 3, windowSeconds: 0 }, ...forward };
    const source = sourcePlan(consumer);
    await setUp({ source, deduplication: fake }).run();
    expect(begin.mock.calls.map(([{ claimSeconds }]) => claimSeconds)).toEqual([seconds]);
    expect(seconds).toBeGreaterThan(functionTimeoutSeconds(source.consumer!));
    expect(seconds).toBeGreaterThan(workerRunSeconds(source.consumer!));
  });

  test('an unverified delivery neither claims nor completes an id', async () => {
    const deduplication = createFakeDeduplication();
    const { run } = setUp({ source, deduplication });
    await run({ id: 'genuine', secret: 'wrong' });
    expect(deduplication.claimed.size + deduplication.completed.size).toBe(0);
    expect((await run({ id: 'genuine' })).outcome.kind).toBe('handled');
  });

  test('a record that cannot be read makes the delivery wait', async () => {
    const deduplication = { ...createFakeDeduplication(), begin: () => Promise.reject(new Error('down')) };
    const { run, dispatched } = setUp({ source, deduplication });
    expect((await run()).outcome).toMatchObject({ kind: 'failed', reason: 'deduplication_unavailable' });
    expect(dispatched).toEqual([]);
  });

  test('a completion that cannot be recorded leaves the delivery handled, and is logged', async () => {
    const deduplication = { ...createFakeDeduplication(), complete: () => Promise.reject(new Error('down')) };
    const { run, log } = setUp({ source, deduplication });
    expect((await run()).outcome).toEqual({ kind: 'handled' });
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { error: 'Error: down' } }]);
  });

  test('the same body under another id that is not signed is flagged, and handed over', async () => {
    const { run, dispatched } = setUp({ source, deduplication: createFakeDeduplication() });
    await run({ id: 'one', body: '{"a":1}' });
    await run({ id: 'two', body: '{"a":1}' });
    await run({ id: 'three', body: '{"a":2}' });
    expect(dispatched.map(({ suspectedReplay }) => suspectedReplay)).toEqual([false, true, false]);
  });

  test('a flag that cannot be told does not hold the delivery up', async () => {
    const deduplication = { ...createFakeDeduplication(), seenBody: () => Promise.reject(new Error('down')) };
    expect((await setUp({ source, deduplication }).run()).outcome).toEqual({ kind: 'handled' });
  });
});
