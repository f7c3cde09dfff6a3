import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { github } from '../../providers/github.ts';
import { catalogue } from '../../providers/index.ts';
import { mailgun } from '../../providers/mailgun.ts';
import { paddle } from '../../providers/paddle.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import { embeddedMetrics } from '../../src/consumer/lambda/embedded-metrics.ts';
import { parseConfig } from '../../src/config/load.ts';
import { toRecord } from '../../src/consumer/processed-record.ts';
import { openSqliteDeduplication, type SqliteDeduplication } from '../../src/deduplication/sqlite.ts';
import type { VerifiedDelivery } from '../../src/delivery/delivery.ts';
import { createPipeline } from '../../src/delivery/pipeline.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { ConsumerPlan } from '../../src/plan/plan.ts';
import type { ReceivedMessage } from '../../src/queue/queue.ts';
import { createLogFake } from '../fakes/log.ts';
import { received, sourcePlan } from '../fakes/source.ts';

/** Somebody who caught genuine requests on their way and sends them again, as they are or with what nobody signed changed. */
const at = Date.UTC(2026, 0, 2, 3, 4, 5);
let folder: string;
let deduplication: SqliteDeduplication;
let now: number;
beforeEach(() => {
  now = at;
  folder = mkdtempSync(join(tmpdir(), 'hookport-replays-'));
  deduplication = openSqliteDeduplication({ file: join(folder, 'd.db'), clock: () => now });
});
afterEach(() => {
  deduplication.close();
  rmSync(folder, { recursive: true });
});

function open(provider: Provider, id: string, secret: string, consumer: Partial<ConsumerPlan> = {}) {
  const handed: VerifiedDelivery[] = [];
  const base = sourcePlan({ deduplicate: { keepSeconds: 86_400 }, ...consumer });
  const source = { ...base, id, provider: provider.id };
  const pipeline = createPipeline({
    source,
    provider,
    secrets: { read: async () => ({ secrets: [{ version: 'current', value: secret }], readAt: Infinity }) },
    deduplication,
    dispatch: async (deliveries) => {
      handed.push(...deliveries);
      return deliveries.map(() => ({ kind: 'handled' }));
    },
    clock: () => now,
    log: createLogFake(),
  });
  return {
    handed,
    /** The outcome, and what the metrics of the invocation say. */
    take: async (message: ReceivedMessage) => {
      const [processed] = await pipeline.process([message]);
      if (!processed) throw new Error('nothing came of the message');
      const times = { startedAt: now, finishedAt: now, deadLettered: false };
      const record = toRecord(source, message, processed, times);
      return { ...processed, metrics: embeddedMetrics([record], { stack: 's', source: id, now }).join('\n') };
    },
  };
}

const body = '{"ref":"main"}';

describe('the same body under a new id that nobody signed', () => {
  test('is handed over with a flag and counted, each time', async () => {
    const source = open(github, 'github', 'right');
    const first = await source.take(received({ body, at, id: 'genuine' }));
    const replays: string[] = [];
    for (const id of ['forged-1', 'forged-2', 'forged-3']) {
      const { metrics } = await source.take(received({ body, at, id }));
      replays.push(metrics);
    }
    expect(source.handed.map(({ id, idSigned, suspectedReplay }) => [id, idSigned, suspectedReplay])).toEqual([
      ['genuine', false, false],
      ['forged-1', false, true],
      ['forged-2', false, true],
      ['forged-3', false, true],
    ]);
    expect(first.metrics).not.toContain('SuspectedReplay');
    for (const metrics of replays) expect(metrics).toContain('"SuspectedReplay":1');
  });

  test('at the same moment is flagged once it is known which came first', async () => {
    const source = open(github, 'github', 'right');
    await Promise.all(['a', 'b', 'c'].map((id) => source.take(received({ body, at, id }))));
    expect(source.handed.filter(({ suspectedReplay }) => suspectedReplay).length).toBeGreaterThanOrEqual(2);
  });

  test('cannot take the place of the genuine one: that is still handed over when it comes second', async () => {
    const source = open(github, 'github', 'right');
    await source.take(received({ body, at, id: 'forged-first' }));
    await source.take(received({ body, at, id: 'genuine' }));
    expect(source.handed.map(({ id }) => id)).toEqual(['forged-first', 'genuine']);
  });

  test('unsigned or forged never claims an id, so that nobody can have a genuine one taken for a duplicate', async () => {
    const source = open(github, 'github', 'right');
    for (const secret of ['wrong', 'guessed'])
      expect((await source.take(received({ body, at, id: 'wanted', secret }))).outcome.kind).toBe('rejected');
    expect((await source.take(received({ body, at, id: 'wanted' }))).outcome.kind).toBe('handled');
  });
});

test('a request of one source is none of another, even of the same provider', async () => {
  const [one, two] = [open(github, 'one', 'secret of one'), open(github, 'two', 'secret of two')];
  const message = received({ body, at, id: 'x', secret: 'secret of one' });
  expect((await one.take(message)).outcome.kind).toBe('handled');
  expect((await two.take(message)).outcome).toMatchObject({ kind: 'rejected', reason: 'signature_mismatch' });
  // And what the one has handled says nothing about the other.
  expect((await two.take(received({ body, at, id: 'x', secret: 'secret of two' }))).outcome.kind).toBe('handled');
});

describe('a request whose time is signed', () => {
  const event = JSON.stringify({ event_id: 'evt_1', event_type: 'transaction.completed' });
  const signedAt = (seconds: number) =>
    `ts=${seconds};h1=${createHmac('sha256', 'right').update(`${seconds}:${event}`).digest('hex')}`;
  const arriving = (arrival: number, signature = signedAt(at / 1000), sentAt = arrival) =>
    received({ body: event, at: arrival, headers: { 'paddle-signature': signature } }, { sentAt });

  test('is refused when it is sent again after the tolerance, whatever the sender says about the time', async () => {
    const source = open(paddle, 'paddle', 'right');
    expect((await source.take(arriving(at))).outcome.kind).toBe('handled');
    for (const minutes of [6, 60, 60 * 24 * 365]) {
      now = at + minutes * 60_000;
      expect((await source.take(arriving(now))).outcome).toMatchObject({ reason: 'stale_timestamp' });
      const later = signedAt(at / 1000).replace(/ts=\d+/, `ts=${now / 1000}`);
      expect((await source.take(arriving(now, later))).outcome).toMatchObject({ reason: 'signature_mismatch' });
      const both = `ts=${now / 1000};${signedAt(at / 1000)}`;
      expect((await source.take(arriving(now, both))).outcome.kind).toBe('rejected');
    }
    expect(source.handed).toHaveLength(1);
  });

  test('counts from its arrival after a redrive, and is a duplicate there if it had completed', async () => {
    const source = open(paddle, 'paddle', 'right');
    now = at + 3 * 3_600_000;
    // What a redrive sends is a new message with the arrival of the old one.
    expect((await source.take(arriving(at, undefined, now))).outcome.kind).toBe('handled');
    expect((await source.take(arriving(at, undefined, now))).outcome.kind).toBe('duplicate');
  });

  test('may not claim to have arrived after it was sent to the queue', async () => {
    const source = open(paddle, 'paddle', 'right');
    const future = at + 3_600_000;
    expect((await source.take(arriving(future, signedAt(future / 1000), at))).outcome).toMatchObject({
      reason: 'malformed_message',
    });
  });
});

/** What a source of Mailgun's comes to, with a tolerance of its own or without. */
function planOfMailgun(tolerance: string) {
  const source = `{ provider: mailgun, forward: { queue: true }, deduplicate: true${tolerance} }`;
  const config = `name: acme\nsources: { mail: ${source} }\n`;
  const loaded = parseConfig('w.yaml', config, { catalogue, root: import.meta.dirname });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { deduplicate, toleranceSeconds } = makePlan(loaded.config, catalogue).sources[0]?.consumer ?? {};
  return { ...(deduplicate && { deduplicate }), ...(toleranceSeconds && { toleranceSeconds }) };
}

test.each([
  ['by default', '', 8],
  ['with a tolerance of its own', ', tolerance: 1d', 24],
])(
  'a token that counts once, since the body beside it is not signed, counts once for as long as its time counts: %s',
  async (_, tolerance, hours) => {
    // The provider's clock is a minute ahead.
    const timestamp = String(at / 1000 + 60);
    const token = 'a'.repeat(50);
    const signature = createHmac('sha256', 'right').update(timestamp).update(token).digest('hex');
    const request = (event: string) =>
      JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': { event } });
    const source = open(mailgun, 'mail', 'right', planOfMailgun(tolerance));
    expect((await source.take(received({ body: request('opened'), at }))).outcome.kind).toBe('handled');
    now = at + hours * 3_600_000 + 30_000;
    const forged = received({ body: request('complained'), at: now }, { sentAt: now });
    expect((await source.take(forged)).outcome.kind).toBe('duplicate');
    now += 60_000;
    const late = received({ body: request('complained'), at: now }, { sentAt: now });
    expect((await source.take(late)).outcome).toMatchObject({ reason: 'stale_timestamp' });
  },
);
