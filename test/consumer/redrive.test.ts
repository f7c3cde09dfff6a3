import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { github } from '../../providers/github.ts';
import { json } from '../../providers/json.ts';
import { formatOutcome } from '../../src/consumer/outcome-attribute.ts';
import { redrive, type RedriveOptions, type RedriveReport } from '../../src/consumer/redrive.ts';
import type { Outcome } from '../../src/delivery/outcome.ts';
import { encodeMessage } from '../../src/delivery/wire.ts';
import { createLogFake } from '../fakes/log.ts';
import { createFakeQueue } from '../fakes/queue.ts';
import { type Arrival, arrived, createFakeSecrets, sourcePlan } from '../fakes/source.ts';

const began = 1_700_000_000_000;
const threeDays = 3 * 24 * 3600_000;
beforeEach(() => void vi.useFakeTimers({ now: began }));
afterEach(() => void vi.useRealTimers());

const mismatch: Outcome = { kind: 'rejected', reason: 'signature_mismatch', detail: 'no' };
const thrown: Outcome = { kind: 'failed', reason: 'handler_error', detail: 'Error: no' };

function setUp(...secrets: string[]) {
  const queue = createFakeQueue('acme-github');
  const deadLetterQueue = createFakeQueue('acme-github-dlq');
  const store = createFakeSecrets(...(secrets.length > 0 ? secrets : ['right']));
  return {
    queue,
    deadLetterQueue,
    store,
    /** As the consumer left it; without an outcome, as SQS itself moved it. */
    rest: (arrival: Arrival, outcome?: Exclude<Outcome, { kind: 'handled' | 'ignored' | 'duplicate' }>) => {
      const { body, attributes } = arrived({ at: began, ...arrival });
      const why = outcome && formatOutcome(outcome, { attempts: 1, at: Date.now() });
      return deadLetterQueue.put(body, { ...attributes, ...why });
    },
    run: async (options: Partial<RedriveOptions> = {}): Promise<RedriveReport> => {
      const report = redrive({
        source: sourcePlan(),
        provider: github,
        queue,
        deadLetterQueue,
        secrets: store,
        clock: Date.now,
        log: createLogFake(),
        ...options,
      });
      await vi.advanceTimersByTimeAsync(10_000);
      return report;
    },
  };
}

const nothing = { moved: 0, skipped: {}, notSelected: 0, newer: 0, failed: 0 };

describe('a redrive', () => {
  test('days after the fix of a secret moves what was rejected: its arrival counts, not now', async () => {
    const { rest, run, queue, deadLetterQueue } = setUp('right');
    rest({ id: 'one' }, mismatch);
    vi.setSystemTime(began + threeDays);
    expect(await run()).toEqual({ ...nothing, moved: 1 });
    expect(deadLetterQueue.messages).toEqual([]);
    expect(queue.messages).toHaveLength(1);
    expect(queue.messages[0]).toMatchObject({ sentAt: began + threeDays, receiveCount: 0 });
  });

  test('keeps the arrival and drops the reason', async () => {
    const { rest, run, queue } = setUp();
    rest({ id: 'one' }, mismatch);
    await run();
    expect(Object.keys(queue.messages[0]!.attributes).toSorted()).toEqual(['Id', 'Request']);
    expect(queue.messages[0]!.attributes['Request']?.stringValue).toMatch(`3 request-one ${began} 192.0.2.1 `);
  });

  test('leaves what would be refused again, and says for what', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest({ id: 'good' }, mismatch);
    rest({ id: 'forged', secret: 'wrong' }, mismatch);
    rest({ id: 'unsigned', headers: { 'x-hub-signature-256': '' } }, mismatch);
    deadLetterQueue.put('posted by somebody', {});
    const report = await run();
    expect(report).toEqual({
      ...nothing,
      moved: 1,
      skipped: { signature_mismatch: 1, missing_signature: 1, malformed_message: 1 },
    });
    expect(deadLetterQueue.messages).toHaveLength(3);
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 3 });
  });

  test('leaves what a signature refused where the source has gone over to tokens at its endpoint, which it never showed', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest({ id: 'forged', secret: 'wrong' }, mismatch);
    rest({ id: 'waited-until-then' }, thrown);
    const request = { requestId: 'posted-with-a-token', receivedAt: began, sourceIp: '192.0.2.1', headers: {} };
    const { body, attributes } = encodeMessage({ ...request, body: '{}' });
    deadLetterQueue.put(body, { ...attributes, ...formatOutcome(thrown, { attempts: 1, at: began }) });
    const jwt = { issuer: 'https://issuer.example.com/', audience: ['api'], scopes: [] };
    const { route } = sourcePlan();
    const source = sourcePlan({}, { provider: 'json', unsigned: true, route: { ...route, authorize: { jwt } } });
    // The one that waited may be genuine: with its provider of before, it goes back.
    const skipped = { other_provider: 2 };
    expect(await run({ source, provider: json })).toEqual({ ...nothing, moved: 1, skipped });
    expect(deadLetterQueue.messages).toHaveLength(2);
    expect(await run()).toEqual({ ...nothing, moved: 1, skipped: { signature_mismatch: 1 } });
  });

  test('leaves there too what no secret was there for to verify, unless the secret of a forward may have been missing', async () => {
    const { run, queue, deadLetterQueue } = setUp();
    // Of a provider of one's own that signed in the body: such a message looks like one of now.
    for (const reason of ['secret_missing', 'secret_unusable'] as const) {
      const request = { requestId: reason, receivedAt: began, sourceIp: '192.0.2.1', headers: {} };
      const { body, attributes } = encodeMessage({ ...request, body: '{}' });
      const why = formatOutcome({ kind: 'failed', reason, detail: 'no' }, { attempts: 5, at: began });
      deadLetterQueue.put(body, { ...attributes, ...why });
    }
    const jwt = { issuer: 'https://issuer.example.com/', audience: ['api'], scopes: [] };
    const { route } = sourcePlan();
    const changes = { provider: 'json', unsigned: true as const, route: { ...route, authorize: { jwt } } };
    expect(await run({ source: sourcePlan({}, changes), provider: json })).toEqual({
      ...nothing,
      skipped: { secret_missing: 1, secret_unusable: 1 },
    });
    expect(queue.messages).toEqual([]);
    const http = { url: 'https://inside.example.com/', timeoutSeconds: 5, secret: { name: 'f', existing: false } };
    const forwarding = sourcePlan({ forward: { http } }, changes);
    expect(await run({ source: forwarding, provider: json })).toEqual({ ...nothing, moved: 2 });
  });

  test('checks no payload of a type that the source ignores by now', async () => {
    const { rest, run } = setUp();
    const mismatched: Outcome = { kind: 'rejected', reason: 'payload_mismatch', detail: 'no' };
    rest({ id: 'wanted', event: 'push' }, mismatched);
    rest({ id: 'ignored', event: 'star' }, mismatched);
    const report = await run({ source: sourcePlan({ events: ['push'] }), checkPayload: () => 'no' });
    expect(report).toEqual({ ...nothing, moved: 1, skipped: { payload_mismatch: 1 } });
  });

  test('leaves everything where the source has no secret', async () => {
    const { rest, run } = setUp('');
    rest({}, thrown);
    expect(await run()).toEqual({ ...nothing, skipped: { secret_missing: 1 } });
  });

  test('verifies with secrets that were read after it began', async () => {
    const { rest, run, store } = setUp('old');
    rest({}, mismatch);
    vi.setSystemTime(began + 1000);
    store.secrets = [{ version: 'current', value: 'old' }];
    store.reread = () => {
      store.readAt = Date.now();
      store.secrets = [{ version: 'current', value: 'right' }];
    };
    expect(await run()).toMatchObject({ moved: 1 });
  });

  test('moves what failed too, and what SQS itself moved', async () => {
    const { rest, run } = setUp();
    rest({ id: 'thrown' }, thrown);
    rest({ id: 'by-sqs' });
    expect(await run()).toEqual({ ...nothing, moved: 2 });
  });

  test('leaves what entered after it began, and ends', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest({ id: 'before' }, thrown);
    const seen: RedriveReport[] = [];
    const report = await run({
      progress: (report) => {
        // The consumer is quick: what was moved fails and comes back while the redrive runs.
        if (seen.length < 5) {
          vi.setSystemTime(Date.now() + 1);
          rest({ id: `again ${seen.length}` }, thrown);
        }
        seen.push(structuredClone(report));
      },
    });
    expect(report).toMatchObject({ moved: 1, newer: expect.any(Number) });
    expect(report.newer).toBeGreaterThan(0);
    expect(deadLetterQueue.messages.length).toBeGreaterThan(0);
    expect(await deadLetterQueue.depth()).toMatchObject({ inFlight: 0 });
  });

  test('moves what rests where the time of day was set back since, which the queue did not follow', async () => {
    const { rest, run } = setUp();
    rest({ id: 'one' }, thrown);
    const back = 5 * 3_600_000;
    expect(await run({ clock: () => Date.now() - back, queueClock: Date.now })).toEqual({ ...nothing, moved: 1 });
  });

  test('moves none again that comes back meanwhile, where this machine’s clock is ahead of the consumer’s', async () => {
    const { rest, run, queue } = setUp();
    rest({ id: 'one' }, thrown);
    let backs = 0;
    const report = await run({
      clock: () => Date.now() + 300_000,
      progress: () => {
        vi.setSystemTime(Date.now() + 1);
        if (queue.messages.length > backs && ++backs < 5) rest({ id: 'one' }, thrown);
      },
    });
    expect(report).toEqual({ ...nothing, moved: 1, newer: 1 });
  });

  test('never touches the source queue but to put into it', async () => {
    const { rest, run, queue } = setUp();
    rest({}, mismatch);
    await run();
    expect(queue.calls.map(({ operation }) => operation)).toEqual(['send']);
  });

  test('moves many, ten at a time', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    for (let index = 0; index < 25; index++) rest({ id: `${index}` }, thrown);
    expect(await run()).toEqual({ ...nothing, moved: 25 });
    expect(deadLetterQueue.messages).toEqual([]);
  });

  test('counts what could not be moved, and leaves it', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest({}, thrown);
    deadLetterQueue.fail('moveTo', 1);
    expect(await run()).toEqual({ ...nothing, failed: 1 });
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 1 });
  });

  test('can be ended early, and gives back what it holds', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    for (let index = 0; index < 30; index++) rest({ id: `${index}`, secret: 'wrong' }, mismatch);
    const controller = new AbortController();
    const report = await run({ signal: controller.signal, progress: () => controller.abort() });
    expect(report.skipped).toEqual({ signature_mismatch: 10 });
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 30 });
  });
});

describe('a selection', () => {
  test.each([
    ['signature_mismatch', 2],
    ['rejected', 2],
    ['handler_error', 1],
    ['failed', 2],
    ['unknown', 1],
    ['stale_timestamp', 0],
  ])('by reason %s moves %i', async (reason, moved) => {
    const { rest, run } = setUp();
    rest({ id: 'a' }, mismatch);
    rest({ id: 'b' }, mismatch);
    rest({ id: 'c' }, thrown);
    rest({ id: 'd' });
    expect(await run({ reason })).toEqual({ ...nothing, moved, notSelected: 4 - moved });
  });

  test('by delivery id, request id or message id moves these', async () => {
    const { rest, run } = setUp();
    rest({ id: 'a' }, mismatch);
    rest({ id: 'b' }, mismatch);
    const messageId = rest({ id: 'c' }, mismatch);
    rest({ id: 'd' }, mismatch);
    expect(await run({ ids: ['a', 'request-b', messageId] })).toEqual({ ...nothing, moved: 3, notSelected: 1 });
  });

  test('a dry run counts and moves nothing', async () => {
    const { rest, run, queue, deadLetterQueue } = setUp();
    rest({ id: 'good' }, mismatch);
    rest({ id: 'forged', secret: 'wrong' }, mismatch);
    expect(await run({ dryRun: true })).toEqual({ ...nothing, moved: 1, skipped: { signature_mismatch: 1 } });
    expect(queue.messages).toEqual([]);
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 2 });
  });
});
