import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SQSRecord } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { parseOutcome } from '../../../src/consumer/outcome-attribute.ts';
import { createSqsQueue } from '../../../src/queue/sqs.ts';
import { type ContractSource, sourceId } from '../../contract/consumer.ts';
import { startLocalDynamoDb } from '../../deduplication/local-dynamodb.ts';
import { startFauxqs } from '../../queue/fauxqs.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { type CdkOut, plantedSecret } from './cdk-out.ts';
import { eventRecord } from './event-record.ts';
import { type Fault, startFaultyEndpoint } from './faulty-endpoint.ts';

/** By action, such as `PutItem`: what goes wrong with its next calls, in their order. */
type Faults = Partial<Record<string, (Fault | undefined)[]>>;

/** The function against services that fail in every way that a network and AWS may. */
export function describeFaultyAws(name: string, cdkOut: () => CdkOut): void {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  const start = async (source: ContractSource) => {
    const sqs = await startFauxqs();
    closing.push(() => sqs.close());
    const id = randomUUID();
    const queueUrls = { queue: await sqs.createQueue(id), deadLetterQueue: await sqs.createQueue(`${id}-dlq`) };
    const secrets = await startSecretsManager({ s: { current: 'right', changedAt: new Date(Date.now() - 60_000) } });
    closing.push(() => secrets.close());
    const table = await startLocalDynamoDb();
    closing.push(() => table.close());
    const faults: Faults = {};
    const calls: Record<string, number> = {};
    const behind = async (target: string) => {
      const faulty = await startFaultyEndpoint(target, (action) => {
        calls[action] = (calls[action] ?? 0) + 1;
        return faults[action]?.shift();
      });
      closing.push(() => faulty.close());
      return faulty.endpoint;
    };
    const endpoints = {
      sqs: await behind(new URL(queueUrls.queue).origin),
      secretsManager: await behind(secrets.endpoint),
      dynamoDb: await behind(table.endpoint),
    };
    const through = (url: string) => `${endpoints.sqs}${new URL(url).pathname}`;
    const aws = {
      urls: { queue: through(queueUrls.queue), deadLetterQueue: through(queueUrls.deadLetterQueue) },
      endpoints,
      secretId: 's',
    };
    const at = (queueUrl: string) => createSqsQueue({ client: sqs.client, queueUrl, name: queueUrl });
    let lambda = await cdkOut().start(sourceId(source), aws);
    closing.push(() => lambda.stop());
    return {
      faults,
      calls,
      secrets,
      table,
      /** Whether each of these messages stays in the queue. */
      invoke: async (...records: SQSRecord[]): Promise<boolean[]> => {
        const { batchItemFailures } = await lambda.invoke({ Records: records }, lambda.timeoutMs);
        const stay = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        return records.map(({ messageId }) => stay.has(messageId));
      },
      output: () => lambda.output(),
      handlerCalls: () => lambda.output().match(/"message":"seen"/g)?.length ?? 0,
      /** Another process, as Lambda starts one after a crash. */
      restart: async () => {
        lambda = await cdkOut().start(sourceId(source), aws);
      },
      deadLetters: async () => {
        const messages = await at(queueUrls.deadLetterQueue).receive({ maxMessages: 10, waitSeconds: 0 });
        return messages.map(({ attributes }) => parseOutcome(attributes).reason);
      },
    };
  };

  const fine = '{"action":"fine"}';

  describe(`${name}, when AWS fails`, () => {
    it('takes a claim for its own whose answer was lost on the way, and handles the delivery at once', async () => {
      const { faults, invoke, handlerCalls, calls } = await start('once');
      faults['PutItem'] = ['answerLost'];
      expect(await invoke(eventRecord({ body: fine }))).toEqual([false]);
      expect(handlerCalls()).toBe(1);
      expect(calls['PutItem']).toBeGreaterThanOrEqual(3);
    });

    it('hands nothing over and rejects nothing while DynamoDB is away, and then goes on', async () => {
      const { faults, invoke, handlerCalls, deadLetters } = await start('once');
      faults['PutItem'] = Array.from({ length: 9 }, (_, call): Fault => (call % 2 === 0 ? 'throttled' : 'unheard'));
      expect(await invoke(eventRecord({ id: 'a', body: fine }))).toEqual([true]);
      faults['PutItem'] = ['serverError', 'serverError', 'serverError'];
      expect(await invoke(eventRecord({ id: 'b', body: fine }))).toEqual([true]);
      expect(handlerCalls()).toBe(0);
      faults['PutItem'] = ['throttled', 'unheard'];
      expect(await invoke(eventRecord({ id: 'a', body: fine }))).toEqual([false]);
      expect(handlerCalls()).toBe(1);
      expect(await deadLetters()).toEqual([]);
    });

    it('hands over nothing again whose completion was recorded, in whatever order and however often it comes', async () => {
      const { faults, invoke, handlerCalls } = await start('once');
      // The answer to the completion is lost: it was recorded all the same.
      faults['PutItem'] = [undefined, undefined, 'answerLost', 'unheard', 'throttled'];
      const [first, second] = [eventRecord({ id: 'a', body: fine }), eventRecord({ id: 'b', body: fine })];
      expect(await invoke(first)).toEqual([false]);
      for (const each of [second, first, first, second]) expect(await invoke(each)).toEqual([false]);
      expect(await invoke(first)).toEqual([false]);
      expect(handlerCalls()).toBe(2);
    });

    it('blocks a delivery under which it died for the length of the claim and no longer', async () => {
      const { invoke, restart, handlerCalls, table, deadLetters } = await start('once');
      const delivery = eventRecord({ id: 'a', body: '{"action":"die"}' });
      await expect(invoke(delivery)).rejects.toThrow('exited with 3');
      await restart();
      expect(await invoke(delivery)).toEqual([true]);
      expect(handlerCalls()).toBe(0);
      // As if the claim had been made so long ago.
      const [[id, claim] = ['', {}]] = table.items;
      table.items.set(id, { ...claim, claimedUntil: { N: '1' } });
      await expect(invoke(delivery)).rejects.toThrow('"message":"seen"');
      expect(await deadLetters()).toEqual([]);
    });

    it('rejects nothing, not even what is forged, while Secrets Manager does not answer', async () => {
      const { faults, invoke, handlerCalls, deadLetters } = await start('plain');
      const forged = eventRecord({ id: 'forged', body: fine, secret: 'guessed' });
      const genuine = eventRecord({ id: 'genuine', body: fine });
      faults['GetSecretValue'] = ['throttled', 'throttled', 'unheard', 'serverError'];
      expect(await invoke(forged, genuine)).toEqual([true, true]);
      expect(await invoke(forged, genuine)).toEqual([true, true]);
      expect(await deadLetters()).toEqual([]);
      faults['GetSecretValue'] = [{ afterMs: 300 }, { afterMs: 300 }];
      expect(await invoke(forged, genuine)).toEqual([false, false]);
      expect(handlerCalls()).toBe(1);
      expect(await deadLetters()).toEqual(['signature_mismatch']);
    });

    it('keeps a message in its queue that it can neither move nor delete, and never loses it between the two', async () => {
      const { faults, invoke, deadLetters } = await start('plain');
      const forged = eventRecord({ body: fine, secret: 'guessed' });
      faults['SendMessage'] = ['unheard', 'serverError', 'unheard', 'unheard'];
      expect(await invoke(forged)).toEqual([true]);
      expect(await deadLetters()).toEqual([]);
      // It was sent, and the answer was lost: there may be two, and there is never none.
      faults['SendMessage'] = ['answerLost', 'unheard'];
      faults['DeleteMessage'] = ['unheard', 'serverError', 'answerLost'];
      expect(await invoke(forged)).toEqual([false]);
      expect(new Set(await deadLetters())).toEqual(new Set(['signature_mismatch']));
    });

    it('leaves a failed delivery in the queue also when its delay cannot be set', async () => {
      const { faults, invoke, deadLetters } = await start('plain');
      faults['ChangeMessageVisibility'] = ['throttled', 'unheard', 'serverError', 'unheard'];
      expect(await invoke(eventRecord({ body: '{"action":"throw"}' }))).toEqual([true]);
      expect(await deadLetters()).toEqual([]);
    });
  });

  describe(`${name}, searched for what is secret`, () => {
    it('tells neither secret, signature nor body in its log, whatever becomes of a delivery', async () => {
      const { invoke, output, faults } = await start('plain');
      const bodies = ['fine', 'throw', 'never', 'later', 'forged'].map(
        (action) => `{"action":"${action}","is":"MARK-body"}`,
      );
      const records = bodies.map((body, index) =>
        eventRecord({ id: `d-${index}`, body, ...(body.includes('forged') && { secret: 'guessed' }) }),
      );
      faults['SendMessage'] = ['unheard', 'serverError'];
      await invoke(...records);
      await invoke(eventRecord({ body: 'MARK-body is no JSON' }));
      await invoke({ ...eventRecord({ body: bodies[0] ?? '' }), messageAttributes: {} });
      expect(output()).toContain('signature_mismatch');
      expect(output()).toContain('malformed_message');
      const signatures = records.map((each) => /sha256=([0-9a-f]{64})/.exec(JSON.stringify(each))?.[1] ?? 'none');
      for (const hidden of ['MARK-body', ...signatures, '"right"', 'guessed']) expect(output()).not.toContain(hidden);
    });

    it('holds no secret of the machine that synthesized it, neither in the template nor in an asset', () => {
      const { folder } = cdkOut();
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(files.length).toBeGreaterThan(10);
      const holding = files.filter(({ parentPath, name: file }) =>
        readFileSync(join(parentPath, file)).includes(plantedSecret),
      );
      expect(holding.map((entry) => entry.name)).toEqual([]);
    });
  });
}
