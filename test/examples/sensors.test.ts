import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutcomeKind } from '../../src/delivery/outcome.ts';
import type { SourceState } from '../../src/local/api/sources.ts';
import { type RunningMachine, TestMachine } from '../local/platform-harness.ts';
import { binaries, TestPostgresql } from './postgresql.ts';

const example = (file: string) => readFileSync(new URL(`../../examples/sensors/${file}`, import.meta.url), 'utf8');
const token = 'a-token-of-the-sensors-test-0123456789';
const sensors = 500;
const each = 8;

const why = binaries === undefined ? ' (skipped: PostgreSQL is not installed)' : '';

describe.skipIf(binaries === undefined)(`examples/sensors with Debian’s PostgreSQL${why}`, () => {
  let postgresql: TestPostgresql;
  let machine: TestMachine;
  let running: RunningMachine;

  beforeAll(async () => {
    postgresql = new TestPostgresql(binaries ?? '');
    await postgresql.start();
    await postgresql.query('postgres', 'CREATE DATABASE sensors');
    await postgresql.query('sensors', example('readings.sql'));
    process.env['DATABASE_URL'] = postgresql.url('sensors');
    process.env['SENSORS_WEBHOOK_SECRET'] = token;
    machine = TestMachine.of(example('webhooks.config.yaml'));
    running = await machine.start();
  }, 30_000);
  afterAll(async () => {
    await running?.stop();
    machine?.remove();
    await postgresql?.remove();
    delete process.env['DATABASE_URL'];
    delete process.env['SENSORS_WEBHOOK_SECRET'];
  });

  async function post(body: string, bearer = token): Promise<number> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` };
    const response = await fetch(`${running.gateway}/sensors`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  const reading = (sensor: string, index: number, more: object = {}) =>
    JSON.stringify({
      kind: 'temperature',
      sensor,
      at: new Date(Date.UTC(2026, 10, 24, 12, 0, index)).toISOString(),
      value: index / 2,
      ...more,
    });

  /** One after the other, as a sensor does. @param pause Its last readings come when this has resolved. */
  async function runSensor(sensor: string, pause: Promise<unknown>): Promise<void> {
    for (let index = 0; index < each; index++) {
      if (index === each - 2) await pause;
      expect(await post(reading(sensor, index))).toBe(200);
    }
  }

  // Asked from another database, so that what asks is no transaction of this one.
  const ask = async (text: string) => (await postgresql.query<{ count: number }>('postgres', text))[0]?.count;
  const connected = () =>
    ask(`SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = 'sensors' AND application_name <> 'test'`);
  const committed = () => ask(`SELECT xact_commit::int AS count FROM pg_stat_database WHERE datname = 'sensors'`);

  /** How many connections PostgreSQL had each time, until told to stop. While it is away there is nothing to see. */
  async function watchConnections(signal: AbortSignal): Promise<number[]> {
    const seen: number[] = [];
    while (!signal.aborted) {
      const connections = await connected().catch(() => undefined);
      if (connections !== undefined) seen.push(connections);
      await sleep(25);
    }
    return seen;
  }

  async function state(): Promise<Pick<SourceState, 'queue' | 'outcomes'>> {
    const [source] = (await (await fetch(`${running.api}/sources`)).json()) as SourceState[];
    if (!source) throw new Error('the platform has no source');
    return { queue: source.queue, outcomes: source.outcomes };
  }
  const outcomes = async (kind: OutcomeKind) => (await state()).outcomes[kind];

  test('4,000 readings of 500 sensors at once come through two connections, each once, though PostgreSQL is slow and is restarted meanwhile', async () => {
    // PostgreSQL is slow at first: whatever may open a connection does, while readings pile up before it.
    const release = await postgresql.hold('sensors', 'LOCK TABLE readings');
    const watching = new AbortController();
    const seen = watchConnections(watching.signal);
    const stopped = Promise.withResolvers<void>();
    const posted = Promise.all(
      Array.from({ length: sensors }, (_, index) => runSensor(`sensor-${index}`, stopped.promise)),
    );

    await expect
      .poll(async () => (await state()).queue.waiting, { timeout: 30_000, interval: 50 })
      .toBeGreaterThan(1000);
    await release();
    await expect.poll(() => outcomes('handled'), { timeout: 30_000, interval: 50 }).toBeGreaterThan(0);
    await postgresql.stop();
    stopped.resolve();
    await expect.poll(() => outcomes('failed'), { timeout: 30_000, interval: 50 }).toBeGreaterThan(0);
    await postgresql.start();
    await posted;

    const odd = ['not JSON', reading('sensor-0', 0, { value: 'warm' }), reading('a\u0000b', 0)];
    for (const body of odd) expect(await post(body)).toBe(200);
    // As a sensor that did not get the answer.
    expect(await post(reading('sensor-0', 0))).toBe(200);
    expect(await post(reading('sensor-0', 0), 'a-wrong-token')).toBe(200);

    const rejected = odd.length + 1;
    await expect.poll(state, { timeout: 30_000, interval: 100 }).toEqual({
      queue: { waiting: 0, inFlight: 0, deadLettered: rejected },
      outcomes: { handled: sensors * each + 1, ignored: 0, duplicate: 0, rejected, failed: 0 },
    });
    const refused = await running.deliveries('sensors&outcome=rejected');
    const reasons = Object.groupBy(refused, ({ reason }) => reason ?? '');
    expect(reasons['permanent_error']).toHaveLength(odd.length);
    expect(reasons['signature_mismatch']).toHaveLength(1);
    watching.abort();
    const connections = await seen;
    // Its last connections have counted when they are closed.
    await running.stop();
    await expect.poll(connected).toBe(0);
    const transactions = await committed();

    const rows = await postgresql.query<{ sensor: string; at: Date; value: number }>(
      'sensors',
      'SELECT sensor, at, value FROM readings',
    );
    const written = rows.map(({ sensor, at, value }) => `${sensor} ${at.toISOString()} ${value}`);
    const sent = Array.from({ length: sensors * each }, (_, index) => {
      const { sensor, at, value } = JSON.parse(reading(`sensor-${Math.floor(index / each)}`, index % each)) as Record<
        string,
        string
      >;
      return `${sensor} ${at} ${value}`;
    });
    expect(written.toSorted()).toEqual(sent.toSorted());
    expect(connections.length).toBeGreaterThan(10);
    expect(Math.max(...connections)).toBe(2);
    expect(transactions).toBeLessThan((sensors * each) / 50);
  }, 120_000);
});
