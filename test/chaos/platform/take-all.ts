import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { sqsClient } from '../../queue/fauxqs.ts';

/** Receives and deletes all messages of a queue that are visible. @param sqs the SQS endpoint's URL */
export async function takeAll(sqs: string, queue: string): Promise<Message[]> {
  const client = sqsClient(sqs);
  const QueueUrl = `${sqs}/000000000000/${queue}`;
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    all.push(...Messages);
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
  client.destroy();
  return all;
}
