import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseOutcome } from '../../src/consumer/outcome-attribute.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { createSqsQueue } from '../../src/queue/sqs.ts';
import { type Arrival, arrived } from '../fakes/source.ts';
import { startFauxqs } from '../queue/fauxqs.ts';

const handler = 'test/fixtures/lambda-handlers/by-event.ts';

/** The sources that the suite consumes, as a user would declare them. */
const sources = {
  plain: `{ provider: github, handler: ${handler} }`,
  batches: `{ provider: github, handler: ${handler}, batch: { size: 10 } }`,
  lastReceive: `{ provider: github, handler: ${handler}, queue: { maxReceiveCount: 1 } }`,
  pushesOnly: `{ provider: github, handler: ${handler}, events: [push] }`,
  once: `{ provider: github, handler: ${handler}, deduplicate: true }`,
};

export type ContractSource = keyof typeof sources;

/** A source's id in the configuration: letters in lower case alone. */
export const sourceId = (source: ContractSource): string => source.toLowerCase();

/** The configuration on disk, with an absolute path. */
export function writeContractConfig(): { file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-contract-'));
  const file = join(folder, 'webhooks.config.yaml');
  const lines = Object.entries(sources).map(([name, text]) => `  ${sourceId(name as ContractSource)}: ${text}`);
  writeFileSync(file, ['name: contract', 'sources:', ...lines, ''].join('\n'));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** A source's queues on an SQS that is not ours. */
export interface ContractQueues {
  sqs: Awaited<ReturnType<typeof startFauxqs>>;
  urls: { queue: string; deadLetterQueue: string };
  queue: Queue;
  deadLetterQueue: Queue;
}

/** Whatever consumes a source: it takes messages from its queue and settles them. */
export interface ConsumerHost {
  /** Receives and settles so many messages, once each. */
  settle(messages: number): Promise<void>;
  /** How many times the handler was called. */
  handlerCalls(): number;
  /** Undefined: there is none. */
  setSecret(value: string | undefined): void;
  close(): Promise<void>;
}

export type OpenHost = (source: ContractSource, queues: ContractQueues) => Promise<ConsumerHost>;

/** What becomes of a delivery, whichever host consumes it. */
export function describeConsumer(name: string, open: OpenHost): void {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  const start = async (source: ContractSource) => {
    const sqs = await startFauxqs();
    closing.push(() => sqs.close());
    const id = randomUUID();
    const urls = { queue: await sqs.createQueue(id), deadLetterQueue: await sqs.createQueue(`${id}-dlq`) };
    const at = (queueUrl: string) => createSqsQueue({ client: sqs.client, queueUrl, name: queueUrl });
    const queues = { sqs, urls, queue: at(urls.queue), deadLetterQueue: at(urls.deadLetterQueue) };
    const host = await open(source, queues);
    closing.push(() => host.close());
    host.setSecret('right');
    return {
      host,
      /** Into the queue, as the endpoint would put them; then settled, once each. */
      consume: async (...arrivals: Arrival[]) => {
        for (const arrival of arrivals) await queues.queue.send(arrived({ id: randomUUID(), ...arrival }));
        await host.settle(arrivals.length);
      },
      /** How many the source's queue holds, visible or not. */
      left: async () => {
        const { visible, inFlight, delayed } = await queues.queue.depth();
        return visible + inFlight + delayed;
      },
      /** Body and reason of each. */
      deadLetters: async () => {
        const messages = await queues.deadLetterQueue.receive({ maxMessages: 10, waitSeconds: 0 });
        return Object.fromEntries(messages.map(({ body, attributes }) => [body, parseOutcome(attributes).reason]));
      },
    };
  };

  const does = (action: string) => `{"action":"${action}"}`;

  describe(`${name}, as a consumer`, () => {
    it('hands over what is genuine and deletes it', async () => {
      const { consume, host, left, deadLetters } = await start('plain');
      await consume({ body: does('fine') });
      expect(host.handlerCalls()).toBe(1);
      expect(await left()).toBe(0);
      expect(await deadLetters()).toEqual({});
    });

    it('puts what is forged into the dead-letter queue with its reason, and never hands it over', async () => {
      const { consume, host, left, deadLetters } = await start('plain');
      await consume({ body: does('fine'), secret: 'guessed' });
      expect(host.handlerCalls()).toBe(0);
      expect(await left()).toBe(0);
      expect(await deadLetters()).toEqual({ [does('fine')]: 'signature_mismatch' });
    });

    it('settles each of a batch by its own outcome', async () => {
      const { consume, host, left, deadLetters } = await start('batches');
      await consume(
        { body: does('fine') },
        { body: does('throw') },
        { body: does('never') },
        { body: does('forged'), secret: 'guessed' },
        { body: does('later') },
        { body: does('fine, too') },
      );
      expect(host.handlerCalls()).toBe(5);
      // What threw and what asked for a later try.
      expect(await left()).toBe(2);
      expect(await deadLetters()).toEqual({
        [does('never')]: 'permanent_error',
        [does('forged')]: 'signature_mismatch',
      });
    });

    it('puts what failed at its last receive into the dead-letter queue', async () => {
      const { consume, left, deadLetters } = await start('lastReceive');
      await consume({ body: does('throw') });
      expect(await left()).toBe(0);
      expect(await deadLetters()).toEqual({ [does('throw')]: 'handler_error' });
    });

    it('leaves everything in the queue while there is no secret', async () => {
      const { consume, host, left, deadLetters } = await start('plain');
      host.setSecret(undefined);
      await consume({ body: does('fine') }, { body: does('forged'), secret: 'guessed' });
      expect(host.handlerCalls()).toBe(0);
      expect(await left()).toBe(2);
      expect(await deadLetters()).toEqual({});
    });

    it('deletes an event that nobody asked for, once it is verified', async () => {
      const { consume, host, left, deadLetters } = await start('pushesOnly');
      await consume(
        { body: does('fine'), event: 'ping' },
        { body: does('wanted'), event: 'push' },
        { body: does('forged'), event: 'ping', secret: 'guessed' },
      );
      expect(host.handlerCalls()).toBe(1);
      expect(await left()).toBe(0);
      expect(await deadLetters()).toEqual({ [does('forged')]: 'signature_mismatch' });
    });

    it('hands a delivery over once that comes again, where the source deduplicates', async () => {
      const { consume, host, left, deadLetters } = await start('once');
      await consume({ id: 'the-same', body: does('fine') });
      await consume({ id: 'the-same', body: does('fine') });
      await consume({ id: 'another', body: does('fine') });
      expect(host.handlerCalls()).toBe(2);
      expect(await left()).toBe(0);
      expect(await deadLetters()).toEqual({});
    });

    it('tries a failed delivery again although the source deduplicates', async () => {
      const { consume, host, left } = await start('once');
      await consume({ id: 'the-same', body: does('throw') });
      await consume({ id: 'the-same', body: does('throw') });
      expect(host.handlerCalls()).toBe(2);
      expect(await left()).toBe(2);
    });
  });
}
