import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  type SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { parseOutcome, type RestingOutcome } from '../../../src/consumer/outcome-attribute.ts';
import type { Random } from '../../chaos/random.ts';
import { conditionHolds, type Item, type Write } from '../../deduplication/local-dynamodb.ts';
import type { Arrival } from '../../fakes/source.ts';
import { eventRecord } from '../../infra/lambda/event-record.ts';

/** A function's process: after so many calls it is dead, in the middle of whatever it does. */
export interface SimulatedProcess {
  callsLeft: number;
  /** Resolves when it dies. */
  dead: PromiseWithResolvers<undefined>;
}

interface Message {
  arrival: Arrival & { id: string };
  record: SQSRecord;
  receives: number;
  visibleAt: number;
}

const maxReceiveCount = 5;
/** Six times the timeout of a function whose deliveries have 30 s. */
const visibilityMs = 270_000;

/**
 * SQS with its event source mapping, DynamoDB and Secrets Manager without a network. By the seed calls are not heard, or carried
 * out without an answer; messages come in any order, twice, and after they were deleted. Goes by `Date.now`, which is fake.
 */
export function createSimulatedAws(random: Random, problem: (text: string) => void) {
  const messages = new Set<Message>();
  const deleted: Message[] = [];
  const deadLetters: { id: string; outcome: RestingOutcome }[] = [];
  const arrivals = new Map<string, Message['arrival']>();
  const items = new Map<string, Item>();
  const state = { fails: 0, secret: undefined as { current: string; previous?: string; changedAt: Date } | undefined };

  const byHandle = (handle: unknown) => [...messages].find(({ record }) => record.receiptHandle === handle);
  const add = (arrival: Message['arrival']) => {
    arrivals.set(arrival.id, arrival);
    messages.add({ arrival, record: eventRecord(arrival), receives: 0, visibleAt: Date.now() });
  };
  const remove = (handle: unknown) => {
    const message = byHandle(handle);
    if (!message) return;
    messages.delete(message);
    deleted.push(message);
  };
  const receiveOne = (message: Message): SQSRecord[] => {
    message.receives += 1;
    message.visibleAt = Date.now() + visibilityMs;
    message.record = {
      ...message.record,
      receiptHandle: `${message.record.messageId} ${message.receives}`,
      attributes: { ...message.record.attributes, ApproximateReceiveCount: String(message.receives) },
    };
    if (message.receives <= maxReceiveCount) return [message.record];
    messages.delete(message);
    deadLetters.push({ id: message.arrival.id, outcome: parseOutcome({}) });
    return [];
  };

  const call = async <Result>(process: SimulatedProcess, effect: () => Result): Promise<Result> => {
    process.callsLeft -= 1;
    const dies = process.callsLeft <= 0;
    const fault = random.next() < state.fails || dies ? random.pick(['unheard', 'answerLost']) : undefined;
    if (fault === 'unheard' && !dies) throw new Error('not heard');
    const result = fault !== 'unheard' && process.callsLeft >= 0 ? effect() : undefined;
    if (dies) {
      process.dead.resolve(undefined);
      return new Promise(() => undefined);
    }
    if (fault !== undefined) throw new Error('no answer');
    return result as Result;
  };

  const changeVisibility = ({ input }: ChangeMessageVisibilityCommand) => {
    const { ReceiptHandle, VisibilityTimeout: seconds = -1 } = input;
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > 43_200) problem(`a visibility timeout of ${seconds} s`);
    const message = byHandle(ReceiptHandle);
    const isInFlight = message !== undefined && message.visibleAt > Date.now();
    if (!isInFlight) throw new SQSServiceException({ name: 'MessageNotInflight', $fault: 'client', $metadata: {} });
    message.visibleAt = Date.now() + seconds * 1000;
  };
  const putDeadLetter = ({ input }: SendMessageCommand) => {
    const attributes = Object.entries(input.MessageAttributes ?? {}).map(
      ([name, { StringValue: stringValue = '' }]) => [name, { dataType: 'String', stringValue }],
    );
    const { id } = JSON.parse(input.MessageBody ?? '') as { id: string };
    deadLetters.push({ id, outcome: parseOutcome(Object.fromEntries(attributes)) });
    return { MessageId: id };
  };

  return {
    messages,
    deadLetters,
    items,
    state,
    add,
    remove,
    call,
    /** What the mapping hands to an invocation. */
    receive(): SQSRecord[] {
      const due = [...messages].filter(({ visibleAt }) => visibleAt <= Date.now());
      const batch: SQSRecord[] = [];
      for (let wanted = random.integer(1, 10); wanted > 0 && due.length > 0; wanted--)
        batch.push(...receiveOne(due.splice(random.integer(0, due.length - 1), 1)[0]!));
      const again = [...messages, ...deleted].filter(({ receives }) => receives > 0 && receives < maxReceiveCount);
      if (state.fails > 0 && again.length > 0 && random.next() < 0.2) batch.push(...receiveOne(random.pick(again)));
      return [...new Map(batch.map((record) => [record.messageId, record])).values()];
    },
    /** What failed goes back, as new messages. */
    redriveFailed(): boolean {
      const failed = deadLetters.filter(({ outcome }) => outcome.kind !== 'rejected');
      for (const each of failed) {
        deadLetters.splice(deadLetters.indexOf(each), 1);
        add(arrivals.get(each.id)!);
      }
      return failed.length > 0;
    },
    sqs: (process: SimulatedProcess) =>
      ({
        send: (command: unknown) =>
          call(process, () => {
            if (command instanceof SendMessageCommand) return putDeadLetter(command);
            if (command instanceof DeleteMessageCommand) return remove(command.input.ReceiptHandle);
            if (command instanceof ChangeMessageVisibilityCommand) return changeVisibility(command);
            throw new Error('no such call');
          }),
      }) as unknown as SQSClient,
    dynamoDb: (process: SimulatedProcess) =>
      ({
        send: (command: { input: Write }) =>
          call(process, () => {
            const key = (command.input.Item ?? command.input.Key)?.['id'];
            const id = key && 'S' in key ? key.S : '';
            const before = items.get(id);
            if (!conditionHolds(command.input, before))
              throw new ConditionalCheckFailedException({
                message: 'no',
                $metadata: {},
                ...(before && { Item: before }),
              });
            if (command instanceof PutItemCommand) items.set(id, command.input.Item as Item);
            else items.delete(id);
          }),
      }) as unknown as DynamoDBClient,
    secretsManager: (process: SimulatedProcess) =>
      ({
        send: ({ input }: GetSecretValueCommand) =>
          call(process, () => {
            const SecretString = input.VersionStage === 'AWSPREVIOUS' ? state.secret?.previous : state.secret?.current;
            if (SecretString === undefined) throw new ResourceNotFoundException({ message: 'none', $metadata: {} });
            return { SecretString, CreatedDate: state.secret?.changedAt };
          }),
      }) as unknown as SecretsManagerClient,
  };
}
