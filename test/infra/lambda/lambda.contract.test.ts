import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll } from 'vitest';
import { describeConsumer, type OpenHost, sourceId } from '../../contract/consumer.ts';
import { startLocalDynamoDb } from '../../deduplication/local-dynamodb.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { type CdkOut, synthContract } from './cdk-out.ts';
import { describeFaultyAws } from './faulty-aws.ts';
import { toRecord } from './record.ts';

let cdkOut: CdkOut;
beforeAll(() => {
  cdkOut = synthContract();
}, 60_000);
afterAll(() => cdkOut.remove());

/** The asset in a fresh process, and what Lambda's event source mapping does: receive, invoke, delete. */
const openLambda: OpenHost = async (name, { sqs, urls }) => {
  const secrets = await startSecretsManager({ s: { changedAt: new Date(Date.now() - 60_000) } });
  const table = await startLocalDynamoDb();
  const lambda = await cdkOut.start(sourceId(name), {
    urls,
    secretId: 's',
    endpoints: { sqs: new URL(urls.queue).origin, secretsManager: secrets.endpoint, dynamoDb: table.endpoint },
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
      const { batchItemFailures } = await lambda.invoke({ Records: records }, lambda.timeoutMs);
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
describeFaultyAws('the Lambda function of cdk.out', () => cdkOut);
