import { setTimeout as delay } from 'node:timers/promises';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { startSqsEndpoint } from '../../src/local/sqs-endpoint/start.ts';
import type { Log } from '../../src/log.ts';
import { createSqsQueue } from '../../src/queue/sqs.ts';
import { testQueueContract } from '../contract/queue.ts';
import { openInProcess, removeFolder } from './embedded/in-process.ts';
import { sqsClient, startFauxqs } from './fauxqs.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

testQueueContract('the SQS adapter on our own endpoint', {
  waits: false,
  open: async () => {
    const cleanups: (() => Promise<void> | void)[] = [];
    let pass = async (_ms: number): Promise<void> => {};
    return {
      async createQueues(settings) {
        const opened = await openInProcess(settings);
        const endpoint = await startSqsEndpoint({ port: 0, queues: opened.queues, log: silent });
        const url = `http://127.0.0.1:${endpoint.port}`;
        const client = sqsClient(url);
        pass = async (ms) => opened.pass(ms);
        cleanups.push(
          () => client.destroy(),
          () => endpoint.close(),
          () => opened.close(),
          () => removeFolder(opened.folder),
        );
        return settings.map(({ name }) => createSqsQueue({ client, name, queueUrl: `${url}/000000000000/${name}` }));
      },
      pass: (ms) => pass(ms),
      async close() {
        for (const cleanup of cleanups) await cleanup();
      },
    };
  },
});

testQueueContract('the SQS adapter on an independent SQS', {
  waits: true,
  open: async () => {
    const fauxqs = await startFauxqs();
    return {
      async createQueues(settings) {
        const urls: string[] = [];
        for (const { name, ...plan } of settings)
          urls.push(
            await fauxqs.createQueue(name, {
              VisibilityTimeout: String(plan.visibilityTimeoutSeconds),
              MessageRetentionPeriod: String(plan.retentionSeconds),
              MaximumMessageSize: String(plan.maxMessageBytes),
              ReceiveMessageWaitTimeSeconds: String(plan.receiveWaitSeconds),
            }),
          );
        for (const [index, { redrive }] of settings.entries())
          if (redrive)
            await fauxqs.client.send(
              new SetQueueAttributesCommand({
                QueueUrl: urls[index],
                Attributes: {
                  RedrivePolicy: JSON.stringify({
                    deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${redrive.deadLetterQueue}`,
                    maxReceiveCount: redrive.maxReceiveCount,
                  }),
                },
              }),
            );
        return settings.map(({ name }, index) =>
          createSqsQueue({ client: fauxqs.client, name, queueUrl: urls[index] ?? '' }),
        );
      },
      pass: (ms) => delay(ms),
      close: () => fauxqs.close(),
    };
  },
  knownFaults: {
    astralBody: 'it refuses characters beyond U+FFFF',
    moveTo: 'the body of this test has such a character; sqs.test.ts moves one without',
    redrive: 'it counts the receive that moves the message',
    abort: 'it hands a message to a poll whose client is gone',
    refuseEmptyAttribute: 'it takes an attribute without a value',
    refuseManyAttributes: 'it takes any number of attributes',
    retention: 'it keeps messages for ever',
  },
});
