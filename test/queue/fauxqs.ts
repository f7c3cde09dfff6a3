import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

/** An independent SQS on 127.0.0.1 in memory (startFauxqs would listen on every address), and a client for it. */
export async function startFauxqs() {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = sqsClient(endpoint);
  return {
    client,
    async createQueue(name: string, attributes: Record<string, string> = {}) {
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      // fauxqs makes URLs with the region as a host name, which needs a resolver.
      return `${endpoint}${new URL(QueueUrl).pathname}`;
    },
    async close() {
      client.destroy();
      await app.close();
    },
  };
}

/** A client that never asks the machine for credentials or a region. */
export function sqsClient(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}
