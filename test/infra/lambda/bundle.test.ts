import { createHmac, randomUUID } from 'node:crypto';
import { asGatewayQueue } from '../../fakes/gateway-queue.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleConsumers } from '../../../infra/bundle/bundle-consumers.ts';
import { createCatalogue } from '../../../src/catalogue/registry.ts';
import { type Gateway, startGateway } from '../../../src/local/gateway/start.ts';
import type { ForwardPlan, SourcePlan } from '../../../src/plan/plan.ts';
import { createSqsQueue } from '../../../src/queue/sqs.ts';
import { requestParameters } from '../../../src/delivery/wire.ts';
import { github } from '../../../providers/github.ts';
import { startLocalEventBridge } from '../../consumer/forward/local-event-bridge.ts';
import { startReceiver } from '../../fakes/http-receiver.ts';
import { startFauxqs } from '../../queue/fauxqs.ts';
import { planOf, sourcePlan } from '../plans.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { startFunction } from './function-process.ts';
import { toRecord } from './record.ts';

const root = new URL('../../../', import.meta.url).pathname.replace(/\/$/, '');
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as { name: string; examples: object[] }[];
const secret = 'It is a secret to everybody';
const forwardSecret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function consumed(id: string, handler: string, more: Partial<SourcePlan> = {}): SourcePlan {
  const source = sourcePlan(id);
  const consumer = { ...source.consumer!, handler: `test/fixtures/lambda-handlers/${handler}.ts` };
  const route = { ...source.route, requestParameters: requestParameters({ headers: github.headers }) };
  return { ...source, route, consumer, ...more };
}

/** Where `forwarding` posts to, by its plan and so by its bundle. */
const receiver = await startReceiver();
afterAll(() => receiver.close());

/** Without a handler. */
function forwarding(id: string, forward: ForwardPlan, payloadSchema?: string): SourcePlan {
  const source = consumed(id, 'by-event');
  const { handler: _none, ...consumer } = source.consumer!;
  return {
    ...source,
    consumer: { ...consumer, forward, ...(payloadSchema !== undefined && { payloadSchema }) },
    ...(forward.queue !== undefined && { verifiedQueue: { ...source.deadLetterQueue, name: forward.queue } }),
  };
}

/** Its name holds what quoting, URLs and the file names of a bundle take for something else. */
const oddFolder = mkdtempSync(join(root, 'test/fixtures/.odd-'));
afterAll(() => rmSync(oddFolder, { recursive: true }));
const oddName = '$`${it}`\'s a\\"b\n#1?x=%20 ä.ts';
writeFileSync(join(oddFolder, oddName), "export { default } from '../lambda-handlers/by-event.ts';");

/** As packages in CommonJS do, such as those with templates or fonts beside them. */
writeFileSync(join(oddFolder, 'places.cjs'), 'exports.places = [__dirname, __filename];');
writeFileSync(
  join(oddFolder, 'common-js.ts'),
  [
    "import { defineHandler } from '../../../src/delivery/handler.ts';",
    "import { places } from './places.cjs';",
    // As modules do that stood in CommonJS before.
    'const __dirname = import.meta.dirname;',
    "export default defineHandler((_, { log }) => log.info('places', { __dirname, of: places.join() }));",
  ].join('\n'),
);

const inOddFolder = (id: string, file: string): SourcePlan => {
  const source = consumed(id, 'by-event');
  return { ...source, consumer: { ...source.consumer!, handler: relative(root, join(oddFolder, file)) } };
};

const plan = planOf(
  consumed('github', 'by-event'),
  inOddFolder('odd', oddName),
  inOddFolder('common-js', 'common-js.ts'),
  consumed('broken', 'broken'),
  consumed('later', 'loads-later'),
  consumed('slow', 'loads-slowly'),
  consumed('sdk', 'with-sdk'),
  ((source) => ({ ...source, consumer: { ...source.consumer!, deduplicate: { keepSeconds: 3600 } } }))(
    consumed('deduplicated', 'by-event'),
  ),
  forwarding('forwarding', {
    http: { url: receiver.url, timeoutSeconds: 5, secret: { name: 'f', existing: false } },
    eventBus: 'acme-bus',
  }),
  forwarding('checked', { queue: 'verified' }, 'test/fixtures/payload-schemas/action.json'),
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

  it('holds the client of EventBridge only where the source forwards to a bus', () => {
    expect(textOf('github')).not.toContain('AWSEvents');
    expect(textOf('forwarding')).toContain('AWSEvents');
  });

  it('holds the check of a payload schema as code of its own, without ajv and without code made at run time', () => {
    expect(textOf('checked')).toContain('[keyword]'.slice(1, -1));
    expect(textOf('checked')).toContain('must be');
    for (const source of ['github', 'checked']) expect(textOf(source)).not.toMatch(/new Function|strictSchema/);
    expect(textOf('github')).not.toContain('must be equal to one of the allowed values');
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
      gateway = await startGateway({ plan, port: 0, queue: () => asGatewayQueue(queue), log: silent });
    });
    afterEach(async () => {
      await lambda?.stop();
      lambda = undefined;
      await gateway.close();
      await sqs.close();
      await secrets.close();
    });

    const start = async (source: string, environment: Record<string, string> = {}) => {
      lambda = await startFunction(folders.get(source)!, {
        ...environment,
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

    it('runs a handler whatever its file is called', async () => {
      const { invoke, output } = await start('odd');
      expect(await invoke(await arrive([{ event: 'push', body: '{}' }]))).toEqual({ batchItemFailures: [] });
      expect(output()).toContain('"seen"');
    });

    it('runs a handler whose packages ask where they are, which CommonJS has and ES modules have not', async () => {
      const { invoke, output } = await start('common-js');
      expect(await invoke(await arrive([{ event: 'push', body: '{}' }]))).toEqual({ batchItemFailures: [] });
      const folder = folders.get('common-js')!;
      expect(output()).toContain(`"__dirname":"${folder}","of":"${folder},${folder}/handler.mjs"`);
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

    it('loads a handler again whose top level failed, as where a database did not answer', async () => {
      const database = join(outDir, 'database');
      const { invoke, output } = await start('later', { DATABASE_FILE: database });
      const event = await arrive([{ event: 'push', body: '{}' }]);
      expect((await invoke(event)).batchItemFailures).toHaveLength(1);
      expect(output()).toMatch(/a handler could not be loaded.*Error: no database.*loads-later\.ts:5/);
      writeFileSync(database, '');
      // No sooner than a second after it failed.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    });

    it('has its handler loaded while it starts: what its first invocation has time for are the secret and the deliveries', async () => {
      const { invoke, importMs, output } = await start('slow');
      expect(output()).toContain('loaded in 300 ms');
      expect(importMs).toBeGreaterThan(300);
      expect(await invoke(await arrive([{ event: 'push', body: '{}' }]))).toEqual({ batchItemFailures: [] });
      expect(output().match(/loaded in/g)).toHaveLength(1);
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

    it('forwards to a bus and over HTTP, and tries again when one of the two has not got it', async () => {
      const bridge = await startLocalEventBridge();
      secrets.secrets['f'] = { current: forwardSecret, changedAt: new Date(0) };
      try {
        const { invoke, output } = await start('forwarding', {
          HOOKPORT_FORWARD_SECRET_ID: 'f',
          AWS_ENDPOINT_URL_EVENTBRIDGE: bridge.endpoint,
        });
        receiver.answer = (response) => void response.writeHead(503).end();
        const event = await arrive([{ event: 'push', body: '{"n":1}' }]);
        expect((await invoke(event)).batchItemFailures).toHaveLength(1);
        expect(output()).toContain('the endpoint of the forward answered 503');
        receiver.answer = (response) => void response.end();
        expect((await invoke(event)).batchItemFailures).toEqual([]);
        const [first, second] = receiver.requests;
        for (const request of [first!, second!])
          expect(new Webhook(forwardSecret).verify(request.body, request.headers as Record<string, string>)).toEqual({
            n: 1,
          });
        expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
        // The bus had it at the first try, and gets it again: all or nothing is done.
        expect(bridge.state.requests.flat().map(({ EventBusName }) => EventBusName)).toEqual(['acme-bus', 'acme-bus']);
        expect(output()).not.toContain(forwardSecret);
      } finally {
        await bridge.close();
      }
    });

    it('puts a payload that does not match its schema aside, with places and keywords and no value', async () => {
      const verified = await sqs.createQueue(randomUUID());
      const { invoke } = await start('checked', { HOOKPORT_VERIFIED_QUEUE_URL: verified });
      const event = await arrive([
        { event: 'push', body: '{"action":"opened","at":"2026-01-31T12:00:00Z"}' },
        { event: 'push', body: '{"action":"a value that nobody may read","at":"2026-01-31T12:00:00Z"}' },
        { event: 'push', body: '{"action":"opened","at":"yesterday"}' },
        { event: 'push', body: 'not JSON' },
      ]);
      expect(await invoke(event)).toEqual({ batchItemFailures: [] });
      expect((await restingIn(verified)).map(({ Body }) => Body)).toEqual([event.Records[0]?.body]);
      const outcomes = (await restingIn(urls.deadLetterQueue)).map(
        ({ MessageAttributes }) =>
          JSON.parse(MessageAttributes!['HookportOutcome']!.StringValue!) as { detail: string },
      );
      expect(outcomes.map(({ detail }) => detail).toSorted()).toEqual([
        '/action must be equal to one of the allowed values [enum]',
        '/at must match format "date-time" [format]',
        'the body is not JSON',
      ]);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'rejected', reason: 'payload_mismatch' });
    });

    it('gives a message that it could not put aside back to the queue', async () => {
      urls.deadLetterQueue = `${new URL(urls.queue).origin}/000000000000/there-is-none`;
      const { invoke } = await start('github');
      const event = await arrive([{ event: 'push', body: '{}', key: 'wrong' }]);
      expect((await invoke(event)).batchItemFailures).toHaveLength(1);
    });
  });
});
