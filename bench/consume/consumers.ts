import { createHmac, timingSafeEqual } from 'node:crypto';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Webhooks } from '@octokit/webhooks';
import { verify as octokitVerify } from '@octokit/webhooks-methods';
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { github } from '../../providers/github.ts';
import { createLambdaConsumer } from '../../src/consumer/lambda/consume.ts';
import { embeddedMetrics } from '../../src/consumer/lambda/embedded-metrics.ts';
import { startWorker } from '../../src/consumer/worker.ts';
import { dispatchInProcess } from '../../src/delivery/dispatch.ts';
import { defineHandler } from '../../src/index.ts';
import type { Log } from '../../src/log.ts';
import type { Queue, ReceivedMessage } from '../../src/queue/queue.ts';
import { sourcePlan } from '../../test/fakes/source.ts';
import { batches, hookportAttributes, plainAttributes, type Sample, samples, secret } from './messages.ts';

/** Verifies all samples, in batches of ten, parses them and hands each to a handler. @returns how many were handed over */
export type Consume = () => Promise<number>;

let seen = 0;
/** What every handler does: it looks into the payload, which is then parsed. */
function note(payload: unknown): void {
  if (typeof payload === 'object' && payload !== null) seen += 1;
}

async function counted(work: () => Promise<unknown>): Promise<number> {
  const before = seen;
  await work();
  return seen - before;
}

const source = sourcePlan({ batch: { size: 10, windowSeconds: 0 } });
const handler = { default: defineHandler('github', ({ payload }) => note(payload)) };
const log: Log = { debug() {}, info() {}, warn: console.error, error: console.error };
const secrets = { read: async () => ({ secrets: [{ version: 'current', value: secret }], readAt: Infinity }) };
const unused = { name: 'unused' } as Queue;

function lambda(): Consume {
  const consumer = createLambdaConsumer({
    source,
    provider: github,
    load: async () => handler,
    queue: unused,
    deadLetterQueue: unused,
    secrets,
    record: (records) => void embeddedMetrics(records, { stack: 'bench', source: 'github', now: Date.now() }),
    clock: Date.now,
    random: Math.random,
    log,
  });
  const events = batches.map((batch) => eventOf(batch, hookportAttributes));
  return () =>
    counted(async () => {
      for (const event of events) {
        const { batchItemFailures } = await consumer(event, { getRemainingTimeInMillis: () => 900_000 });
        if (batchItemFailures.length > 0) throw new Error('Hookport did not handle all');
      }
    });
}

function worker(): Consume {
  const messages = samples.map((sample): ReceivedMessage => ({
    messageId: sample.id,
    receiptHandle: sample.id,
    body: sample.body,
    attributes: Object.fromEntries(
      Object.entries(hookportAttributes(sample)).map(([name, stringValue]) => [
        name,
        { dataType: 'String', stringValue },
      ]),
    ),
    sentAt: Date.now(),
    firstReceivedAt: Date.now(),
    receiveCount: 1,
  }));
  return () =>
    counted(async () => {
      const rest = [...messages];
      const drained = Promise.withResolvers<void>();
      let deleted = 0;
      const queue = {
        name: source.queue.name,
        async receive({ maxMessages, signal }) {
          if (rest.length > 0) return rest.splice(0, maxMessages);
          return new Promise<ReceivedMessage[]>((resolve) =>
            signal?.addEventListener('abort', () => resolve([]), { once: true }),
          );
        },
        async delete() {
          deleted += 1;
          if (deleted === messages.length) drained.resolve();
        },
        changeVisibility: async () => true,
      } satisfies Partial<Queue> as unknown as Queue;
      const running = startWorker({
        source,
        provider: github,
        queue,
        deadLetterQueue: unused,
        secrets,
        dispatch: dispatchInProcess({ load: async () => handler, provider: github, timeoutMs: 30_000, log }),
        record() {},
        clock: Date.now,
        log,
      });
      await drained.promise;
      await running.stop();
    });
}

/** As whoever uses `@octokit/webhooks` behind a queue writes it: the headers are attributes, and what failed is reported. */
function octokit(): Consume {
  const webhooks = new Webhooks({ secret });
  webhooks.onAny(({ payload }) => note(payload));
  const events = batches.map((batch) => eventOf(batch, plainAttributes));
  const consume = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchItemFailure[] = [];
    await Promise.all(
      Records.map(async ({ messageId, body, messageAttributes }) => {
        const header = (name: string) => messageAttributes[name]?.stringValue ?? '';
        try {
          await webhooks.verifyAndReceive({
            id: header('X-GitHub-Delivery'),
            name: header('X-GitHub-Event'),
            payload: body,
            signature: header('X-Hub-Signature-256'),
          });
        } catch {
          batchItemFailures.push({ itemIdentifier: messageId });
        }
      }),
    );
    return { batchItemFailures };
  };
  return () =>
    counted(async () => {
      for (const event of events) {
        const { batchItemFailures } = await consume(event);
        if (batchItemFailures.length > 0) throw new Error('octokit did not handle all');
      }
    });
}

function powertools(): Consume {
  const processor = new BatchProcessor(EventType.SQS);
  const events = batches.map((batch) => eventOf(batch, plainAttributes));
  const receive = ({ payload }: { id: string; name: string; payload: unknown }) => note(payload);
  const handle = async ({ body, messageAttributes }: SQSRecord) => {
    const header = (name: string) => messageAttributes[name]?.stringValue ?? '';
    if (!(await octokitVerify(secret, body, header('X-Hub-Signature-256'))))
      throw new Error('the signature does not match');
    receive({ id: header('X-GitHub-Delivery'), name: header('X-GitHub-Event'), payload: JSON.parse(body) });
  };
  return () =>
    counted(async () => {
      for (const event of events) {
        const { batchItemFailures } = await processPartialResponse(event, handle, processor);
        if (batchItemFailures.length > 0) throw new Error('Powertools did not handle all');
      }
    });
}

/** What no consumer can do without. Ten are hashed and then parsed, as all others do: by turns, both are slower. */
function bare(): Consume {
  const tens = batches.map((batch) =>
    batch.map(({ body, signature }) => ({ body, digest: Buffer.from(signature.slice('sha256='.length), 'hex') })),
  );
  return () =>
    counted(async () => {
      for (const ten of tens) {
        for (const { body, digest } of ten)
          if (!timingSafeEqual(createHmac('sha256', secret).update(body).digest(), digest))
            throw new Error('the signature does not match');
        for (const { body } of ten) note(JSON.parse(body));
      }
    });
}

function eventOf(batch: readonly Sample[], attributesOf: (sample: Sample) => Record<string, string>): SQSEvent {
  const now = String(Date.now());
  return {
    Records: batch.map((sample) => ({
      messageId: sample.id,
      receiptHandle: sample.id,
      body: sample.body,
      attributes: {
        SentTimestamp: now,
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: now,
        SenderId: 'bench',
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributesOf(sample)).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
      ),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:bench-github',
      awsRegion: 'us-east-1',
    })),
  };
}

export const consumers: Readonly<Record<string, () => Consume>> = { lambda, worker, octokit, powertools, bare };
