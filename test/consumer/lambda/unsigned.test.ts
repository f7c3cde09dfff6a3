import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, expect, it, vi } from 'vitest';
import { github } from '../../../providers/github.ts';
import { json } from '../../../providers/json.ts';
import { startLambdaConsumer } from '../../../src/consumer/lambda/start.ts';
import type { Delivery } from '../../../src/delivery/delivery.ts';
import { defineHandler } from '../../../src/delivery/handler.ts';
import { arrived, sourcePlan } from '../../fakes/source.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What the stack sets for a source that has no secret. */
function stub() {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('HOOKPORT_STACK', 'acme');
  vi.stubEnv('HOOKPORT_QUEUE_URL', 'http://127.0.0.1:9/queue');
  vi.stubEnv('HOOKPORT_DEAD_LETTER_QUEUE_URL', 'http://127.0.0.1:9/dlq');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
}

function eventOf({ body, attributes }: ReturnType<typeof arrived>): SQSEvent {
  const now = String(Date.now());
  const record: Partial<SQSRecord> = {
    messageId: 'm',
    receiptHandle: 'h',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: now,
      SenderId: 's',
      ApproximateFirstReceiveTimestamp: now,
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { dataType, stringValue }]) => [
        name,
        { dataType, stringValue: stringValue ?? '' },
      ]),
    ),
  };
  return { Records: [record as SQSRecord] };
}

const context = { getRemainingTimeInMillis: () => 60_000 };

it('a function of a source that nobody signs needs no secret', async () => {
  stub();
  const handled: Delivery[] = [];
  const consume = startLambdaConsumer({
    source: sourcePlan({}, { id: 'logs', provider: 'json', unsigned: true }),
    provider: json,
    load: () =>
      Promise.resolve({
        default: defineHandler((delivery) => {
          handled.push(delivery);
        }),
      }),
  });
  expect(await consume(eventOf(arrived({ body: '{"type":"log"}' })), context)).toEqual({ batchItemFailures: [] });
  expect(handled.map(({ eventType, payload }) => [eventType, payload])).toEqual([['log', { type: 'log' }]]);
});

it('a provider that signs is not handed over, even where the plan claims that nothing is signed', async () => {
  stub();
  const load = vi.fn<() => Promise<unknown>>(() => Promise.resolve({ default: () => undefined }));
  const consume = startLambdaConsumer({ source: sourcePlan({}, { unsigned: true }), provider: github, load });
  const answer = await consume(eventOf(arrived()), context);
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
  expect(load).not.toHaveBeenCalled();
});
