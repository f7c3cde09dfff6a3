import { Agent } from 'node:http';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { sdkMessage } from './message.ts';
import { type Bounds, measureRates } from './rate.ts';

/** Sends, receives and deletes through the AWS SDK, over as many connections as there are loops. */
export async function measureSdk(port: number, bounds: Bounds) {
  const endpoint = `http://127.0.0.1:${port}`;
  const QueueUrl = `${endpoint}/000000000000/bench`;
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: bounds.loops }) },
  });
  const send = async () => {
    await client.send(new SendMessageCommand({ QueueUrl, ...sdkMessage }));
    return 1;
  };
  const drain = async () => {
    const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, MessageAttributeNames: ['All'] };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
    if (Messages.length === 0) return 0;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return Messages.length;
  };
  try {
    return await measureRates(bounds, send, drain);
  } finally {
    client.destroy();
  }
}
