import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageBatchCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { PlatformProcess } from '../../e2e/platform-process.ts';
import { createRig, judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;
const batch = 10;

export const killForward: Scenario = {
  name: 'kill-forward',
  tries:
    'a program with the AWS SDK consumes the verified queue over the SQS endpoint; SIGKILL of the platform at a random moment',
  holds:
    'every delivery that got a 2xx reaches that program; it gets none again but what the worker or itself had in hand; none whose deletion was acknowledged under the same message id',
  runs: 60,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { handler: null, settings: 'forward: { queue: true }', concurrency });
    const platform = await rig.start();
    const consumed: Consumed = { ids: [], deleted: new Set(), again: [] };
    const first = consume(platform, consumed);
    const senders = startSenders({ gateway: platform.gateway, random, connections: 16, prefix: `${run.seed}` });
    await senders.until(random.integer(1, short ? 50 : 400));
    await sleep(random.next() * 20);
    await platform.kill();
    await Promise.all([senders.ended, first]);

    const again = await rig.start();
    await rig.drain(again);
    await consume(again, consumed);
    const { counts, problems } = judge(senders.acknowledged, consumed.ids, concurrency + batch);
    return {
      counts,
      problems: [...problems, ...consumed.again.map((id) => `${id} came again after its deletion was acknowledged`)],
    };
  },
};

interface Consumed {
  /** Delivery ids, each time that one came. */
  ids: string[];
  /** Message ids. */
  deleted: Set<string>;
  /** Message ids that came after they had been deleted. */
  again: string[];
}

/** Shorter than the scenario, so that what a kill left invisible comes back within it. */
const visibilitySeconds = 3;

/** Receives and deletes until the queue stays empty for longer than a visibility timeout, or the platform is gone. */
async function consume({ sqs }: PlatformProcess, { ids, deleted, again }: Consumed): Promise<void> {
  const client = new SQSClient({
    endpoint: sqs,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'e2e-github-verified' }));
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: batch,
          WaitTimeSeconds: visibilitySeconds + 1,
          VisibilityTimeout: visibilitySeconds,
          MessageAttributeNames: ['ce-id'],
        }),
      );
      if (Messages.length === 0) return;
      for (const { MessageId = '', MessageAttributes = {} } of Messages) {
        ids.push(MessageAttributes['ce-id']?.StringValue ?? `no ce-id in ${MessageId}`);
        if (deleted.has(MessageId)) again.push(MessageId);
      }
      const entries = Messages.map(({ MessageId = '', ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
      const { Successful = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
      for (const { Id = '' } of Successful) deleted.add(Id);
    }
  } catch (error) {
    // The platform was killed; anything else is not what this expects.
    if (!isConnectionError(error)) throw error;
  } finally {
    client.destroy();
  }
}

function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(String(error.code))
  );
}
