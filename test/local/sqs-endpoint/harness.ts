import { ReceiveMessageCommand, type ReceiveMessageCommandInput } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import type { Log } from '../../../src/log.ts';
import { startSqsEndpoint } from '../../../src/local/sqs-endpoint/start.ts';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { openInProcess, removeFolder, temporaryFolder } from '../../queue/embedded/in-process.ts';
import { sqsClient } from '../../queue/fauxqs.ts';

export function queuePlan(name: string, changes: Partial<QueuePlan> = {}): QueuePlan {
  return {
    name,
    retentionSeconds: 604_800,
    visibilityTimeoutSeconds: 30,
    maxMessageBytes: 1_044_480,
    receiveWaitSeconds: 0,
    ...changes,
  };
}

/** A source's queue and its dead-letter queue. */
export const zendesk = [
  queuePlan('acme-zendesk', { redrive: { deadLetterQueue: 'acme-zendesk-dlq', maxReceiveCount: 2 } }),
  queuePlan('acme-zendesk-dlq', { retentionSeconds: 1_209_600, maxMessageBytes: 1_048_576 }),
];

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The endpoint over embedded queues whose clock stands at `startOfTime`; closed and removed after the test. */
export async function endpoint(queues: QueuePlan[] = zendesk) {
  const opened = await openInProcess(queues);
  return serve(opened.queues, async () => {
    await opened.close();
    removeFolder(opened.folder);
  });
}

export type Endpoint = Awaited<ReturnType<typeof endpoint>>;

/** Receives with all attributes: from this queue, else from zendesk's. */
export async function receive(
  { client, queueUrl }: Endpoint,
  input: Partial<ReceiveMessageCommandInput> = {},
  name?: string,
) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl(name),
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
      ...input,
    }),
  );
  return Messages;
}

/** The endpoint over the engine in its threads, with the time of day. */
export async function endpointInThreads(queues: QueuePlan[] = zendesk) {
  const folder = temporaryFolder();
  const opened = await openEmbeddedQueues({ folder, queues });
  return serve(opened, async () => {
    await opened.close();
    removeFolder(folder);
  });
}

async function serve(queues: EmbeddedQueues, close: () => Promise<void>) {
  const started = await startSqsEndpoint({ port: 0, queues, log: silent });
  const url = `http://127.0.0.1:${started.port}`;
  const client = sqsClient(url);
  onTestFinished(async () => {
    client.destroy();
    await started.close();
    await close();
  });
  return {
    client,
    url,
    port: started.port,
    queues,
    queueUrl: (name = 'acme-zendesk') => `${url}/000000000000/${name}`,
    close: () => started.close(),
  };
}
