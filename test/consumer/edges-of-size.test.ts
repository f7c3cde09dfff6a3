import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { github } from '../../providers/github.ts';
import { parseConfig } from '../../src/config/load.ts';
import { forwardToQueue } from '../../src/consumer/forward/to-queue.ts';
import { createLambdaConsumer } from '../../src/consumer/lambda/consume.ts';
import { parseOutcome } from '../../src/consumer/outcome-attribute.ts';
import { redrive, type RedriveReport } from '../../src/consumer/redrive.ts';
import { carryOut, decideAction } from '../../src/consumer/settle.ts';
import type { DeliveryRecord } from '../../src/delivery/record.ts';
import { type SqsEndpoint, startSqsEndpoint } from '../../src/local/sqs-endpoint/start.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { QueuePlan } from '../../src/plan/plan.ts';
import type { EmbeddedQueues } from '../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';
import { messageBytes } from '../../src/queue/message-rules.ts';
import type { MessageAttributes, Queue } from '../../src/queue/queue.ts';
import { createSqsQueue } from '../../src/queue/sqs.ts';
import { verifiedDelivery } from '../fakes/delivery.ts';
import { createLogFake } from '../fakes/log.ts';
import { type Arrival, arrived, createFakeSecrets } from '../fakes/source.ts';
import { eventRecord } from '../infra/lambda/event-record.ts';
import { removeFolder, temporaryFolder } from '../queue/embedded/in-process.ts';
import { sqsClient } from '../queue/fauxqs.ts';

/** What SQS takes, attributes included, and what a source queue leaves of it for a reason. */
const mebibyte = 1024 * 1024;
const reasonBytes = 4096;

const yaml = `name: acme
sources:
  github:
    { provider: github, handler: test/fixtures/lambda-handlers/by-event.ts, batch: { size: 10 }, forward: { queue: true } }
`;
const loaded = parseConfig('w.yaml', yaml, { catalogue, root: process.cwd() });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
const [source] = makePlan(loaded.config, catalogue).sources;
if (!source?.verifiedQueue) throw new Error('the plan lacks a source that forwards');
const plans = [source.queue, source.deadLetterQueue, source.verifiedQueue] as const;

interface Queues {
  queue: Queue;
  deadLetterQueue: Queue;
  verifiedQueue: Queue;
}

/** The same queues, in the process and over HTTP with the AWS SDK. */
const ways: ('on one machine' | 'over the AWS SDK')[] = ['on one machine', 'over the AWS SDK'];
const folder = temporaryFolder();
let embedded: EmbeddedQueues;
let endpoint: SqsEndpoint;
let client: SQSClient;
beforeAll(async () => {
  embedded = await openEmbeddedQueues({ folder, queues: [...plans] });
  endpoint = await startSqsEndpoint({ port: 0, queues: embedded, log: createLogFake() });
  client = sqsClient(`http://127.0.0.1:${endpoint.port}`);
});
afterEach(() => Promise.all(plans.map(({ name }) => embedded.queue(name).purge())));
afterAll(async () => {
  client.destroy();
  await endpoint.close();
  await embedded.close();
  removeFolder(folder);
});

function queuesOf(way: (typeof ways)[number]): Queues {
  const open = ({ name }: QueuePlan): Queue =>
    way === 'on one machine'
      ? embedded.queue(name)
      : createSqsQueue({ client, name, queueUrl: `http://127.0.0.1:${endpoint.port}/000000000000/${name}` });
  return { queue: open(plans[0]), deadLetterQueue: open(plans[1]), verifiedQueue: open(plans[2]) };
}

/** A delivery whose message has exactly so many bytes, as SQS counts them. */
function ofSize(bytes: number, arrival: Arrival = {}) {
  const start = '{"action":"fine","padding":"';
  const empty = arrived({ ...arrival, body: `${start}"}` });
  const padding = 'x'.repeat(bytes - messageBytes(empty));
  return arrived({ ...arrival, body: `${start}${padding}"}` });
}

const limit = mebibyte - reasonBytes;
const one = { maxMessages: 1, waitSeconds: 0 };
const foreign: MessageAttributes = Object.fromEntries(
  ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, { dataType: 'String', stringValue: 'x' }]),
);

describe.each(ways)('at the limits of size, %s,', (way) => {
  test('a source queue takes a message of exactly its limit, and not of one byte more', async () => {
    const { queue } = queuesOf(way);
    expect(await queue.send(ofSize(limit))).toMatchObject({ ok: true });
    expect(await queue.send(ofSize(limit + 1))).toMatchObject({ ok: false, code: 'InvalidParameterValue' });
  });

  test.each<[string, MessageAttributes, Pick<RedriveReport, 'moved' | 'skipped'>]>([
    ['with the four attributes of the endpoint', {}, { moved: 1, skipped: {} }],
    // Ten are all that SQS takes, and the reason is one more. What the endpoint does not write is refused again.
    ['with ten attributes', foreign, { moved: 0, skipped: { malformed_message: 1 } }],
  ])(
    'the largest message, %s, rests with the longest reason, and comes back by a redrive',
    async (_case, more, then) => {
      const { queue, deadLetterQueue } = queuesOf(way);
      const room = messageBytes({ body: '', attributes: more });
      const { body, attributes } = ofSize(limit - room);
      expect(await queue.send({ body, attributes: { ...attributes, ...more } })).toMatchObject({ ok: true });
      const [message] = await queue.receive(one);
      if (!message || !source.consumer) throw new Error('nothing was received');
      const outcome = { kind: 'rejected', reason: 'signature_mismatch', detail: '\u0000"ä€'.repeat(5000) } as const;
      const context = { queue: source.queue, plan: source.consumer, now: Date.now() - 1000, random: Math.random };
      await carryOut(decideAction(outcome, message, context), message, { queue, deadLetterQueue });

      const [resting] = await deadLetterQueue.receive({ ...one, visibilityTimeoutSeconds: 0 });
      expect(resting && parseOutcome(resting.attributes).reason).toBe('signature_mismatch');
      expect(resting?.body === body).toBe(true);
      expect(messageBytes(resting!)).toBeLessThanOrEqual(mebibyte);
      expect(messageBytes(resting!)).toBeGreaterThan(limit);

      const secrets = createFakeSecrets('right');
      const clock = () => Date.now() + 60_000;
      const options = { source, provider: github, queue, deadLetterQueue, secrets, clock, log: createLogFake() };
      expect(await redrive({ ...options, waitSeconds: 0 })).toMatchObject({ ...then, failed: 0 });
      const [back] = await queue.receive(one);
      expect(back?.attributes).toEqual(then.moved === 1 ? attributes : undefined);
      expect(back?.body === body).toBe(then.moved === 1);
    },
  );

  test.each<[string, Record<string, string>, string, string]>([
    ['with a content type of 8 KB', { 'content-type': `application/json; x=${'y'.repeat(8000)}` }, 'd-1', 'push'],
    [
      'with the longest id and type',
      { 'content-type': 'application/json' },
      '\uffff'.repeat(256),
      '\uffff'.repeat(240),
    ],
    ['that is no UTF-8', { 'content-type': 'application/json' }, 'd-1', 'push'],
  ])(
    'a verified delivery of the largest size, %s, fits into the verified queue',
    async (name, headers, id, eventType) => {
      const { verifiedQueue } = queuesOf(way);
      const { body } = ofSize(limit, { headers, id: 'd-1', event: 'push' });
      // A body that is not UTF-8 came as base64, which is what the message held.
      const bytes = name.includes('UTF-8') ? Buffer.alloc(Math.floor(body.length / 4) * 3, 0xff) : Buffer.from(body);
      const delivery = verifiedDelivery({
        id,
        eventType,
        headers: {
          ...headers,
          'x-github-event': 'push',
          'x-github-delivery': 'd-1',
          'x-hub-signature-256': 'x'.repeat(71),
        },
        body: bytes,
      });
      expect(await forwardToQueue(verifiedQueue, createLogFake())([delivery])).toEqual([{ kind: 'handled' }]);
    },
  );
});

test('a batch of Lambda’s 6 MB, half of it forged, is settled by its outcomes', async () => {
  const { queue, deadLetterQueue } = queuesOf('over the AWS SDK');
  const { forward: _verifiedQueue, ...unforwarded } = source.consumer!;
  const records: DeliveryRecord[] = [];
  const lambda = createLambdaConsumer({
    source: { ...source, consumer: unforwarded },
    provider: github,
    load: () => import('../fixtures/lambda-handlers/by-event.ts'),
    queue,
    deadLetterQueue,
    secrets: createFakeSecrets('right'),
    record: (some) => void records.push(...some),
    clock: Date.now,
    random: Math.random,
    log: createLogFake(),
  });
  // Six of the largest are more than 6 MB: the mapping sends at most five, and what is smaller beside them.
  const sizes = [limit, limit, limit, limit, limit, 500_000, 400_000];
  const arrivals = sizes.map((bytes, index) => {
    const arrival = { id: `d-${index}`, secret: index % 2 === 0 ? 'right' : 'guessed', at: Date.now() - 1000 };
    return { ...arrival, body: ofSize(bytes, arrival).body };
  });
  const events: SQSRecord[] = [];
  for (const arrival of arrivals) {
    await queue.send(arrived(arrival));
    const [message] = await queue.receive(one);
    events.push({ ...eventRecord(arrival), receiptHandle: message?.receiptHandle ?? 'none' });
  }
  expect(JSON.stringify({ Records: events }).length).toBeGreaterThan(6_000_000);
  expect(await lambda({ Records: events }, { getRemainingTimeInMillis: () => 315_000 })).toEqual({
    batchItemFailures: [],
  });
  expect(records.map(({ outcome }) => outcome.kind)).toEqual(
    sizes.map((_, index) => (index % 2 === 0 ? 'handled' : 'rejected')),
  );
  expect(await deadLetterQueue.depth()).toMatchObject({ visible: 3 });
  // What was handled, the mapping deletes.
  expect(await queue.depth()).toMatchObject({ visible: 0, inFlight: 4 });
});
