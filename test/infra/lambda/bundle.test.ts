import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleConsumers } from '../../../infra/bundle/bundle-consumers.ts';
import { createCatalogue } from '../../../src/catalogue/registry.ts';
import { type Gateway, startGateway } from '../../../src/local/gateway/start.ts';
import type { SourcePlan } from '../../../src/plan/plan.ts';
import { createSqsQueue } from '../../../src/queue/sqs.ts';
import { requestParameters } from '../../../src/delivery/wire.ts';
import { github } from '../../../providers/github.ts';
import { startFauxqs } from '../../queue/fauxqs.ts';
import { planOf, sourcePlan } from '../plans.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { startFunction } from './function-process.ts';
import { toRecord } from './record.ts';

const root = new URL('../../../', import.meta.url).pathname.replace(/\/$/, '');
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as { name: string; examples: object[] }[];
const secret = 'It is a secret to everybody';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function consumed(id: string, handler: string, more: Partial<SourcePlan> = {}): SourcePlan {
  const source = sourcePlan(id);
  const consumer = { ...source.consumer!, handler: `test/fixtures/lambda-handlers/${handler}.ts` };
  const route = { ...source.route, requestParameters: requestParameters({ headers: github.headers }) };
  return { ...source, route, consumer, ...more };
}

const plan = planOf(
  consumed('github', 'by-event'),
  consumed('broken', 'broken'),
  consumed('sdk', 'with-sdk'),
  ((source) => ({ ...source, consumer: { ...source.consumer!, deduplicate: { keepSeconds: 3600 } } }))(
    consumed('deduplicated', 'by-event'),
  ),
);

describe('a consumer’s bundle', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'hookport-bundle-'));
  let folders: Map<string, string>;
  beforeAll(async () => {
    folders = await bundleConsumers({ plan, catalogue: createCatalogue([github]), root, outDir });
  });
  afterAll(() => rmSync(outDir, { recursive: true }));

  const textOf = (source: string) =>
    readdirSync(folders.get(source)!, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => readFileSync(join(folders.get(source)!, file), 'utf8'))
      .join('\n');

  it('holds this source’s provider alone, and no samples', () => {
    const text = textOf('github');
    expect(text).toContain('X-Hub-Signature-256'.toLowerCase());
    expect(text).not.toMatch(/paddle|zendesk|stripe-signature|octokit\/webhooks-examples/i);
  });

  it('holds the AWS SDK once, also where the handler uses it', () => {
    const marker = /Resolved credential object is not valid/g;
    expect(textOf('github').match(marker)).toHaveLength(1);
    expect(textOf('sdk').match(marker)).toHaveLength(1);
  });

  it('holds the client of the deduplication table only where the source deduplicates', () => {
    expect(textOf('github')).not.toContain('DynamoDB');
    expect(textOf('deduplicated')).toContain('DynamoDB');
  });

  it('is the same whatever other sources there are, and names no place of this machine', async () => {
    const alone = mkdtempSync(join(tmpdir(), 'hookport-bundle-'));
    try {
      const catalogue = createCatalogue([github]);
      const again = await bundleConsumers({
        plan: planOf(consumed('github', 'by-event')),
        catalogue,
        root,
        outDir: alone,
      });
      const files = (folder: string) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(mjs|map)$/.test(file))
          .toSorted()
          .map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
      expect(files(again.get('github')!)).toEqual(files(folders.get('github')!));
      expect(JSON.stringify(files(again.get('github')!))).not.toContain(root);
    } finally {
      rmSync(alone, { recursive: true });
    }
  });

  describe('in a fresh process, against local endpoints of AWS', () => {
    let sqs: Awaited<ReturnType<typeof startFauxqs>>;
    let secrets: Awaited<ReturnType<typeof startSecretsManager>>;
    let urls: { queue: string; deadLetterQueue: string };
    let gateway: Gateway;
    let lambda: Awaited<ReturnType<typeof startFunction>> | undefined;

    beforeEach(async () => {
      sqs = await startFauxqs();
      secrets = await startSecretsManager({ s: { current: secret, changedAt: new Date(Date.now() - 60_000) } });
      const name = randomUUID();
      urls = { queue: await sqs.createQueue(name), deadLetterQueue: await sqs.createQueue(`${name}-dlq`) };
      const queue = createSqsQueue({ client: sqs.client, queueUrl: urls.queue, name });
      gateway = await startGateway({ plan, port: 0, queue: () => queue, log: silent });
    });
    afterEach(async () => {
      await lambda?.stop();
      lambda = undefined;
      await gateway.close();
      await sqs.close();
      await secrets.close();
    });

    const start = async (source: string) => {
      lambda = await startFunction(folders.get(source)!, {
        HOOKPORT_STACK: 'acme-webhooks',
        HOOKPORT_QUEUE_URL: urls.queue,
        HOOKPORT_DEAD_LETTER_QUEUE_URL: urls.deadLetterQueue,
        HOOKPORT_SECRET_ID: 's',
        AWS_ENDPOINT_URL_SQS: new URL(urls.queue).origin,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      });
      return lambda;
    };

    /** Posts requests to the local gateway over this queue, and receives them as the mapping to Lambda would. */
    const arrive = async (requests: { event: string; body: string; key?: string }[]): Promise<SQSEvent> => {
      for (const { event, body, key = secret } of requests) {
        const signature = `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
        const response = await fetch(`http://127.0.0.1:${gateway.port}/github`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-github-event': event,
            'x-github-delivery': randomUUID(),
            'x-hub-signature-256': signature,
          },
          body,
        });
        expect(response.status).toBe(200);
      }
      const records: SQSRecord[] = [];
      while (records.length < requests.length) {
        const { Messages = [] } = await sqs.client.send(
          new ReceiveMessageCommand({
            QueueUrl: urls.queue,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
            VisibilityTimeout: 270,
          }),
        );
        records.push(...Messages.map(toRecord));
      }
      return { Records: records };
    };

    const restingIn = async (url: string): Promise<Message[]> => {
      const { Messages = [] } = await sqs.client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      );
      return Messages;
    };

    it('handles what is genuine, and asks for the secret once', async () => {
      const real = examples.flatMap(({ name, examples: bodies }) =>
        bodies.map((body) => ({ event: name, body: JSON.stringify(body) })),
      );
      const { invoke, output } = await start('github');
      // One of them has a character beyond the basic plane, which this stand-in for SQS refuses; SQS itself does not.
      for (const body of real.filter(({ body: text }) => !/[\u{10000}-\u{10ffff}]/u.test(text)).slice(0, 60)) {
        expect(await invoke(await arrive([body]))).toEqual({ batchItemFailures: [] });
      }
      expect(secrets.state.calls).toBe(2);
      expect(output()).toContain('"SecretMatched":1');
    });

    it('reports what failed, moves what is refused with its reason, and loses nothing of the rest of a batch', async () => {
      const { invoke, output } = await start('github');
      const event = await arrive([
        { event: 'push', body: '{"action":"fine"}' },
        { event: 'push', body: '{"action":"throw"}' },
        { event: 'push', body: '{"action":"never"}' },
        { event: 'push', body: '{"action":"forged"}', key: 'wrong' },
        { event: 'push', body: '{"action":"later"}' },
      ]);
      const { batchItemFailures } = await invoke(event, 165_000);
      const bodies = new Map(event.Records.map((record) => [record.messageId, record.body]));
      expect(batchItemFailures.map(({ itemIdentifier }) => String(bodies.get(itemIdentifier))).toSorted()).toEqual([
        '{"action":"later"}',
        '{"action":"throw"}',
      ]);
      const resting = await restingIn(urls.deadLetterQueue);
      const reasons = resting.map(({ Body, MessageAttributes }) => [
        Body,
        JSON.parse(MessageAttributes!['HookportOutcome']!.StringValue!),
      ]);
      expect(Object.fromEntries(reasons)).toMatchObject({
        '{"action":"never"}': { reason: 'permanent_error' },
        '{"action":"forged"}': { reason: 'signature_mismatch' },
      });
      expect(output()).toContain('"Refused":1');
      expect(output()).toContain('"Failed":2');
      expect(output()).not.toContain(secret);
    });

    it('sets the delay of a failed delivery by its visibility', async () => {
      const { invoke } = await start('github');
      await invoke(await arrive([{ event: 'push', body: '{"action":"throw"}' }]));
      // 24 to 36 seconds after the first attempt, where the receive had hidden it for 270.
      expect(await restingIn(urls.queue)).toEqual([]);
      expect(await restingIn(urls.deadLetterQueue)).toEqual([]);
    });

    it('moves a failed delivery to the dead-letter queue at its last receive', async () => {
      const { invoke } = await start('github');
      const event = await arrive([{ event: 'push', body: '{"action":"throw"}' }]);
      event.Records[0]!.attributes.ApproximateReceiveCount = '5';
      expect(await invoke(event)).toEqual({ batchItemFailures: [] });
      const [resting] = await restingIn(urls.deadLetterQueue);
      expect(resting?.MessageAttributes?.['HookportOutcome']?.StringValue).toContain('handler_error');
    });

    it('takes a handler that does not load as a failure that is tried again', async () => {
      const { invoke, output } = await start('broken');
      const event = await arrive([{ event: 'push', body: '{}' }]);
      expect((await invoke(event)).batchItemFailures).toHaveLength(1);
      expect(output()).toContain('handler_not_loaded');
    });

    it('rejects nothing while the secret cannot be read or is not set', async () => {
      const { invoke } = await start('github');
      secrets.state.down = true;
      expect((await invoke(await arrive([{ event: 'push', body: '{}' }]))).batchItemFailures).toHaveLength(1);
      secrets.state.down = false;
      delete secrets.secrets['s']!.current;
      expect((await invoke(await arrive([{ event: 'push', body: '{}' }]))).batchItemFailures).toHaveLength(1);
      expect(await restingIn(urls.deadLetterQueue)).toEqual([]);
    });

    it('still takes what was signed with the previous secret, and says so', async () => {
      secrets.secrets['s'] = { current: 'new', previous: secret, changedAt: new Date() };
      const { invoke, output } = await start('github');
      expect(await invoke(await arrive([{ event: 'push', body: '{}' }]))).toEqual({ batchItemFailures: [] });
      expect(output()).toContain('"secret":"previous"');
    });

    it('starts nothing that it could not finish', async () => {
      const { invoke } = await start('github');
      const event = await arrive([{ event: 'push', body: '{"action":"never"}' }]);
      expect((await invoke(event, 20_000)).batchItemFailures).toHaveLength(1);
      expect(await restingIn(urls.deadLetterQueue)).toEqual([]);
    });

    it('gives a message that it could not put aside back to the queue', async () => {
      urls.deadLetterQueue = `${new URL(urls.queue).origin}/000000000000/there-is-none`;
      const { invoke } = await start('github');
      const event = await arrive([{ event: 'push', body: '{}', key: 'wrong' }]);
      expect((await invoke(event)).batchItemFailures).toHaveLength(1);
    });
  });
});
