import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { github } from '../../providers/github.ts';
import { stripe } from '../../providers/stripe.ts';
import { formatOutcome } from '../../src/consumer/outcome-attribute.ts';
import { purgeDeadLetters, type PurgeOptions, type PurgeReport } from '../../src/consumer/purge.ts';
import type { Outcome } from '../../src/delivery/outcome.ts';
import { createLogFake } from '../fakes/log.ts';
import { createFakeQueue } from '../fakes/queue.ts';
import { arrived, sourcePlan } from '../fakes/source.ts';

const began = 1_700_000_000_000;
beforeEach(() => void vi.useFakeTimers({ now: began }));
afterEach(() => void vi.useRealTimers());

type Resting = Extract<Outcome, { kind: 'rejected' | 'failed' }>;
const mismatch: Resting = { kind: 'rejected', reason: 'signature_mismatch', detail: 'no' };
const thrown: Resting = { kind: 'failed', reason: 'handler_error', detail: 'Error: no' };

function setUp() {
  const deadLetterQueue = createFakeQueue('acme-github-dlq');
  const rest = (id: string, outcome: Resting, at = Date.now()) => {
    const { body, attributes } = arrived({ at: began, id });
    return deadLetterQueue.put(body, { ...attributes, ...formatOutcome(outcome, { attempts: 1, at }) });
  };
  const run = async (options: Partial<PurgeOptions> = {}): Promise<PurgeReport> => {
    const common = { source: sourcePlan(), provider: github, deadLetterQueue, clock: Date.now, log: createLogFake() };
    const report = purgeDeadLetters({ ...common, ...options });
    await vi.advanceTimersByTimeAsync(10_000);
    return report;
  };
  return { deadLetterQueue, rest, run };
}

const nothing = { deleted: 0, notSelected: 0, newer: 0, failed: 0, asOf: expect.any(String) as unknown };

describe('a purge', () => {
  test('deletes all that rests when nothing is selected', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    for (let index = 0; index < 25; index++) rest(`d-${index}`, index % 2 === 0 ? mismatch : thrown);
    expect(await run()).toEqual({ ...nothing, deleted: 25 });
    expect(deadLetterQueue.messages).toEqual([]);
  });

  test('parses no body, which a stranger may have written, unless the selection asks for what it claims', async () => {
    const { deadLetterQueue, run } = setUp();
    const { body, attributes } = arrived({ at: began, body: '{"type":"x"}' });
    deadLetterQueue.put(body, attributes);
    const parse = vi.spyOn(JSON, 'parse');
    expect(await run({ provider: stripe, dryRun: true })).toEqual({ ...nothing, deleted: 1 });
    expect(parse).not.toHaveBeenCalledWith(body);
    expect(await run({ provider: stripe, eventType: 'x' })).toEqual({ ...nothing, deleted: 1 });
    expect(parse).toHaveBeenCalledWith(body);
    parse.mockRestore();
  });

  test('leaves what came in after the dry run that it is told of', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest('one', mismatch);
    const { asOf } = await run({ dryRun: true });
    expect(asOf).toBe('2023-11-14T22:13:20.000Z');
    rest('two', mismatch);
    expect(await run({ asOf: Date.parse(asOf) })).toEqual({ ...nothing, deleted: 1, newer: 1, asOf });
    expect(deadLetterQueue.messages).toHaveLength(1);
  });

  test.each([
    [{ reason: 'handler_error' }, 1],
    [{ reason: 'rejected' }, 2],
    [{ ids: ['one', 'request-two'] }, 2],
    [{ eventType: 'push' }, 3],
    [{ eventType: 'ping' }, 0],
    [{ eventType: '' }, 0],
    [{ reason: 'signature_mismatch', ids: ['one', 'three'] }, 1],
  ])('of %j deletes nothing else, and gives the rest back at once', async (selection, deleted) => {
    const { rest, run, deadLetterQueue } = setUp();
    rest('one', mismatch);
    rest('two', mismatch);
    rest('three', thrown);
    expect(await run(selection)).toEqual({ ...nothing, deleted, notSelected: 3 - deleted });
    expect(deadLetterQueue.messages).toHaveLength(3 - deleted);
    for (const { visibleAt } of deadLetterQueue.messages) expect(visibleAt).toBeLessThanOrEqual(Date.now());
  });

  test('of what the queue itself moved deletes nothing that failed for a known reason', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    const { body, attributes } = arrived({ at: began, id: 'moved' });
    deadLetterQueue.put(body, attributes);
    const kept = rest('failed', thrown);
    expect(await run({ reason: 'unknown', eventType: 'push' })).toEqual({ ...nothing, deleted: 1, notSelected: 1 });
    expect(deadLetterQueue.messages.map(({ messageId }) => messageId)).toEqual([kept]);
  });

  test('leaves what entered after it began', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest('old', mismatch);
    rest('new', mismatch, began + 1);
    expect(await run()).toEqual({ ...nothing, deleted: 1, newer: 1 });
    expect(deadLetterQueue.messages).toHaveLength(1);
  });

  test('that is dry deletes nothing', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest('one', mismatch);
    expect(await run({ dryRun: true })).toEqual({ ...nothing, deleted: 1 });
    expect(deadLetterQueue.messages).toHaveLength(1);
  });

  test('tells what could not be deleted, and leaves it', async () => {
    const { rest, run, deadLetterQueue } = setUp();
    rest('one', mismatch);
    deadLetterQueue.fail('delete', 1);
    expect(await run()).toEqual({ ...nothing, failed: 1 });
    expect(deadLetterQueue.messages).toHaveLength(1);
  });
});
