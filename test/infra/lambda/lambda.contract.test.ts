import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll } from 'vitest';
import { describeConsumer, type OpenHost, sourceId, writeContractConfig } from '../../contract/consumer.ts';
import { startLocalDynamoDb } from '../../deduplication/local-dynamodb.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import type { CloudFormationTemplate } from '../template-interpreter.ts';
import { startFunction } from './function-process.ts';
import { toRecord } from './record.ts';

const root = join(import.meta.dirname, '../../..');
const cdkOut = mkdtempSync(join(tmpdir(), 'hookport-cdk-out-'));
let template: CloudFormationTemplate;

/** As `hookport synth` has it done: the project's own app in a process of its own, into a `cdk.out`. */
beforeAll(() => {
  const config = writeContractConfig();
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      CDK_OUTDIR: cdkOut,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, config: config.file }),
    },
  });
  config.remove();
  if (status !== 0) throw new Error(`infra/app.ts ended with ${status}: ${stderr}`);
  template = JSON.parse(readFileSync(join(cdkOut, 'contract.template.json'), 'utf8')) as CloudFormationTemplate;
}, 60_000);
afterAll(() => rmSync(cdkOut, { recursive: true }));

/** The function of a source: the folder of its asset, and the environment that the template gives it. */
function functionOf(source: string): { asset: string; environment: Record<string, unknown>; timeoutSeconds: number } {
  const found = Object.entries(template.Resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(`Source${source}Consumer`),
  );
  const { Code, Environment, Timeout } = (found?.[1].Properties ?? {}) as {
    Code?: { S3Key: string };
    Environment?: { Variables: Record<string, unknown> };
    Timeout?: number;
  };
  if (!Code || !Environment || Timeout === undefined) throw new Error(`the template has no function of ${source}`);
  const asset = join(cdkOut, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
  return { asset, environment: Environment.Variables, timeoutSeconds: Timeout };
}

/** The asset in a fresh process, and what Lambda's event source mapping does: receive, invoke, delete. */
const openLambda: OpenHost = async (name, { sqs, urls }) => {
  const { asset, environment, timeoutSeconds } = functionOf(sourceId(name));
  const secrets = await startSecretsManager({ s: { changedAt: new Date(Date.now() - 60_000) } });
  const table = await startLocalDynamoDb();
  // What the stack's references come to; whatever else the function needs, the template must say.
  const references: Record<string, string> = {
    HOOKPORT_QUEUE_URL: urls.queue,
    HOOKPORT_DEAD_LETTER_QUEUE_URL: urls.deadLetterQueue,
    HOOKPORT_SECRET_ID: 's',
    HOOKPORT_DEDUPLICATION_TABLE: 'table',
  };
  const resolved = Object.entries(environment).map(([variable, value]): [string, string] => {
    const text = references[variable] ?? (typeof value === 'string' ? value : undefined);
    if (text === undefined) throw new Error(`what is ${variable}?`);
    return [variable, text];
  });
  const lambda = await startFunction(asset, {
    ...Object.fromEntries(resolved),
    AWS_ENDPOINT_URL_SQS: new URL(urls.queue).origin,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
  });

  const receive = async (count: number): Promise<SQSRecord[]> => {
    const messages: Message[] = [];
    while (messages.length < count) {
      const { Messages = [] } = await sqs.client.send(
        new ReceiveMessageCommand({
          QueueUrl: urls.queue,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
          VisibilityTimeout: 270,
          WaitTimeSeconds: 1,
        }),
      );
      messages.push(...Messages);
    }
    return messages.map(toRecord);
  };

  return {
    async settle(messages) {
      const records = await receive(messages);
      const { batchItemFailures } = await lambda.invoke({ Records: records }, timeoutSeconds * 1000);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { messageId, receiptHandle } of records)
        if (!failed.has(messageId))
          await sqs.client.send(new DeleteMessageCommand({ QueueUrl: urls.queue, ReceiptHandle: receiptHandle }));
    },
    handlerCalls: () => lambda.output().match(/"message":"seen"/g)?.length ?? 0,
    setSecret: (value) => {
      secrets.secrets['s'] = {
        changedAt: new Date(Date.now() - 60_000),
        ...(value !== undefined && { current: value }),
      };
    },
    async close() {
      await lambda.stop();
      await secrets.close();
      await table.close();
    },
  };
};

describeConsumer('the Lambda function of cdk.out', openLambda);
