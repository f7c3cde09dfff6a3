import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import parsePrometheus from 'parse-prometheus-text-format';
import { failureReasons, otherRejections } from '../../../src/delivery/outcome.ts';
import type { AttemptLine } from '../../../src/local/consumer-protocol.ts';
import { createBuckets } from '../../../src/local/buckets.ts';
import { createAttemptCounts } from '../../../src/local/metrics/attempt-counts.ts';
import { createExposition } from '../../../src/local/metrics/exposition.ts';
import { rejectionReasons } from '../../../src/signature/types.ts';

const attempt: AttemptLine = {
  source: 'github',
  provider: 'github',
  requestId: 'r',
  messageId: 'm',
  deliveryId: 'd',
  eventType: 'push',
  receivedAt: 10_000,
  sourceIp: undefined,
  attempt: 1,
  outcome: { kind: 'handled' },
  deadLettered: false,
  durationMs: 30,
  finishedAt: 12_030,
  secretVersion: 'current',
};
const rejected: AttemptLine = {
  ...attempt,
  outcome: { kind: 'rejected', reason: 'signature_mismatch', detail: 'no' },
  deadLettered: true,
};

function expositionOf(lines: readonly AttemptLine[]) {
  const attempts = createAttemptCounts(['github', 'paddle']);
  attempts.add(lines);
  const accepts = createBuckets([0.001, 0.01]);
  for (const seconds of [0.0005, 0.001, 0.002, 5]) accepts.observe(seconds);
  const queue = { waiting: 3, inFlight: 1, deadLettered: 2, oldestAgeSeconds: 61.5, paused: true };
  return createExposition({
    gateway: () => ({
      sources: { github: { accepted: 4, refused: { 413: 2 } }, paddle: { accepted: 0, refused: {} } },
      unrouted: { 404: 9 },
    }),
    acceptDurations: () => [['github', accepts]],
    attempts,
    readQueues: async () => [{ source: 'github', ...queue }],
  });
}

/** Samples by metric, as another program reads them. */
async function read(lines: readonly AttemptLine[]) {
  const families = parsePrometheus(await expositionOf(lines).text());
  return (name: string) => families.find((family) => family.name === name);
}

/** Those that are not 0. */
const counted = <Sample extends { value?: string }>(samples: readonly Sample[] = []) =>
  samples.filter(({ value }) => value !== '0');

describe('the metrics', () => {
  it('tell what was accepted, refused and unrouted', async () => {
    const family = await read([]);
    expect(family('hookport_deliveries_accepted_total')?.metrics).toEqual([
      { value: '4', labels: { source: 'github' } },
      { value: '0', labels: { source: 'paddle' } },
    ]);
    expect(counted(family('hookport_requests_refused_total')?.metrics)).toEqual([
      { value: '2', labels: { source: 'github', status: '413' } },
    ]);
    expect(family('hookport_requests_unrouted_total')?.metrics).toEqual([{ value: '9', labels: { status: '404' } }]);
  });

  it('tell the time of accepts in cumulative buckets', async () => {
    const text = await expositionOf([]).text();
    const lines = text.split('\n').filter((line) => line.includes('hookport_accept_duration_seconds'));
    expect(lines.slice(1)).toEqual([
      '# TYPE hookport_accept_duration_seconds histogram',
      'hookport_accept_duration_seconds_bucket{source="github",le="0.001"} 2',
      'hookport_accept_duration_seconds_bucket{source="github",le="0.01"} 3',
      'hookport_accept_duration_seconds_bucket{source="github",le="+Inf"} 4',
      'hookport_accept_duration_seconds_sum{source="github"} 5.0035',
      'hookport_accept_duration_seconds_count{source="github"} 4',
    ]);
  });

  it('tell outcomes by reason, dead letters, and times', async () => {
    const family = await read([attempt, attempt, rejected]);
    expect(counted(family('hookport_attempts_total')?.metrics)).toEqual([
      { value: '2', labels: { source: 'github', outcome: 'handled', reason: '' } },
      { value: '1', labels: { source: 'github', outcome: 'rejected', reason: 'signature_mismatch' } },
    ]);
    expect(family('hookport_dead_lettered_total')?.metrics[0]).toMatchObject({ value: '1' });
    const text = await expositionOf([attempt, attempt, rejected]).text();
    expect(text).toContain('hookport_attempt_duration_seconds_sum{source="github"} 0.09\n');
    expect(text).toContain('hookport_attempt_duration_seconds_bucket{source="github",le="0.05"} 3\n');
    expect(text).toContain('hookport_queue_wait_seconds_sum{source="github"} 6\n');
  });

  it('tell how queues stand now, and not at the time of the last question', async () => {
    const family = await read([]);
    const values = (name: string) => family(name)?.metrics.map(({ value }) => value);
    expect(values('hookport_queue_messages')).toEqual(['3', '1', '2']);
    expect(values('hookport_queue_oldest_message_age_seconds')).toEqual(['61.5']);
    expect(values('hookport_source_paused')).toEqual(['1']);
  });

  it('have each counter that may rise before it does: of one that begins with its first event Prometheus sees no rise', async () => {
    const family = await read([]);
    const paddle = (name: string, label: string) =>
      family(name)
        ?.metrics.filter(({ labels }) => labels?.['source'] === 'paddle')
        .map(({ value, labels = {} }) => [`${labels['outcome'] ?? ''} ${labels[label]}`.trim(), value]);
    const zero = (name: string): [string, string] => [name, '0'];
    const statuses = ['400', '401', '403', '413', '429', '500', '503'];
    expect(paddle('hookport_requests_refused_total', 'status')).toEqual(statuses.map(zero));
    const rejected = Object.keys({ ...rejectionReasons, ...otherRejections }).map((reason) => `rejected ${reason}`);
    const failed = Object.keys(failureReasons).map((reason) => `failed ${reason}`);
    const series = ['handled', 'ignored', 'duplicate', ...rejected, ...failed];
    expect(paddle('hookport_attempts_total', 'reason')).toEqual(series.map(zero));
  });

  it('tell of the process: its event loop and memory', async () => {
    const family = await read([]);
    expect(family('nodejs_eventloop_lag_p99_seconds')).toBeDefined();
    expect(family('process_resident_memory_bytes')).toBeDefined();
  });

  it('get no series from outside: not by source, event type, delivery id or address', async () => {
    const strange = { ...rejected, source: 'x"} 1\n', eventType: 'y', deliveryId: 'z', sourceIp: '203.0.113.9' };
    const [before, after] = await Promise.all([expositionOf([]).text(), expositionOf([strange, strange]).text()]);
    const series = (text: string) => text.split('\n').filter((line) => line.startsWith('hookport_')).length;
    expect(series(after)).toBe(series(before));
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!promtool)('satisfy promtool (skipped without Debian’s package prometheus)', async () => {
    const input = await expositionOf([attempt, rejected]).text();
    // Prometheus’s own names are left out: nodejs_version_info and the like are prom-client’s.
    const own = input
      .split('\n\n')
      .filter((block) => block.includes('# HELP hookport_'))
      .join('\n');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: `${own}\n`,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
