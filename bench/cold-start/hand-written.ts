import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Webhooks } from '@octokit/webhooks';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/**
 * What one would write by hand for the same queue: verify with GitHub's own library, put what is forged into the
 * dead-letter queue, report what failed. The secret comes from the environment, which spares it a client.
 */
const webhooks = new Webhooks({ secret: process.env['GITHUB_WEBHOOK_SECRET'] ?? 'development' });
const sqs = new SQSClient({});

webhooks.on('push', ({ payload }) => {
  console.log(JSON.stringify({ ref: payload.ref, commits: payload.commits.length }));
});

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body, messageAttributes } of event.Records) {
    const header = (name: string) => messageAttributes[name]?.stringValue ?? '';
    try {
      if (await webhooks.verify(body, header('X-Hub-Signature-256')))
        await webhooks.receive({
          id: header('X-GitHub-Delivery'),
          name: 'push',
          payload: JSON.parse(body) as never,
        });
      else
        await sqs.send(
          new SendMessageCommand({ QueueUrl: process.env['HOOKPORT_DEAD_LETTER_QUEUE_URL'], MessageBody: body }),
        );
    } catch {
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
