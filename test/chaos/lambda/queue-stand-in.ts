import { hash, randomUUID } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { parseOutcome, type RestingOutcome } from '../../../src/consumer/outcome-attribute.ts';
import { type AwsAnswer, startAwsJson } from '../../fakes/aws-json.ts';
import type { MessageAttribute } from '../../../src/queue/queue.ts';
import { eventRecord } from '../../infra/lambda/event-record.ts';
import type { Arrival } from '../../fakes/source.ts';
import type { Random } from '../random.ts';

/** A message that nobody has deleted. */
interface Message {
  id: string;
  record: SQSRecord;
  receives: number;
}

export interface DeadLetter {
  id: string;
  outcome: RestingOutcome;
}

/** SQS's own limit of receives, as the plan's redrive policy has it. */
const maxReceiveCount = 5;

/**
 * A source queue with its event source mapping and its dead-letter queue, with all that SQS may do: any order, the same
 * message to two invocations at once or to one twice, and again after it was deleted. It knows no time: what was given a
 * delay may come at once.
 */
export async function startQueueStandIn(random: Random) {
  const messages: Message[] = [];
  const deadLetters: DeadLetter[] = [];
  const arrivals = new Map<string, Arrival>();
  const deleted: Message[] = [];

  const remove = (handle: unknown) => {
    const index = messages.findIndex(({ record }) => record.receiptHandle === handle);
    if (index !== -1) deleted.push(...messages.splice(index, 1));
  };
  const add = (arrival: Arrival & { id: string }) => {
    arrivals.set(arrival.id, arrival);
    const record = { ...eventRecord(arrival), messageId: randomUUID() };
    messages.push({ id: arrival.id, record, receives: 0 });
  };
  const server = await startAwsJson((action, input): AwsAnswer => {
    if (action === 'SendMessage') {
      const attributes = toAttributes(input['MessageAttributes']);
      deadLetters.push({ id: idOf(attributes), outcome: parseOutcome(attributes) });
      const answer = { MessageId: randomUUID(), MD5OfMessageBody: hash('md5', String(input['MessageBody'])) };
      return { status: 200, body: answer };
    }
    if (action === 'DeleteMessage') remove(input['ReceiptHandle']);
    return { status: 200, body: {} };
  });

  return {
    ...server,
    messages,
    deadLetters,
    add,
    remove,
    /** A batch for the function; what was received too often rests instead. */
    receive(): SQSRecord[] {
      const batch: SQSRecord[] = [];
      for (let wanted = random.integer(1, 10); wanted > 0 && messages.length > 0; wanted--) {
        const message = random.pick(messages);
        message.receives += 1;
        if (message.receives > maxReceiveCount) {
          deadLetters.push({ id: message.id, outcome: parseOutcome({}) });
          remove(message.record.receiptHandle);
          continue;
        }
        batch.push(received(message));
      }
      // At least once: SQS may give what it has deleted already.
      if (deleted.length > 0 && random.next() < 0.2) batch.push(received(random.pick(deleted)));
      // The mapping puts no message into a batch twice.
      return [...new Map(batch.map((record) => [record.messageId, record])).values()];
    },
    /** What `hookport redrive` does, but for its verification: all that failed goes back, as a new message. */
    redriveFailed() {
      const failed = deadLetters.filter(({ outcome }) => outcome.kind !== 'rejected');
      for (const each of failed) {
        deadLetters.splice(deadLetters.indexOf(each), 1);
        const arrival = arrivals.get(each.id);
        if (arrival) add({ ...arrival, id: each.id });
      }
      return failed.length;
    },
  };
}

function received({ record, receives }: Message): SQSRecord {
  return { ...record, attributes: { ...record.attributes, ApproximateReceiveCount: String(Math.max(1, receives)) } };
}

function toAttributes(input: unknown): Record<string, MessageAttribute> {
  const entries = Object.entries((input ?? {}) as Record<string, { StringValue?: string }>);
  return Object.fromEntries(
    entries.map(([name, { StringValue: stringValue = '' }]) => [name, { dataType: 'String', stringValue }]),
  );
}

function idOf({ Request }: Record<string, MessageAttribute>): string {
  return /^x-github-delivery: (.*)$/m.exec(Request?.stringValue ?? '')?.[1] ?? 'without id';
}
