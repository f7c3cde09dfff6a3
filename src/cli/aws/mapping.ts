import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  ListEventSourceMappingsCommand,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { HookportError } from '../../errors.ts';
import { sqsClient } from './open-queue.ts';
import { awsUnavailable, saidBy } from './unavailable.ts';

/**
 * Disables or enables the event source mapping that feeds a source's function. Lambda follows within about a minute;
 * batches that it has in hand are finished. The next deploy that changes the mapping enables it again.
 *
 * @throws HookportError `queue_not_found`, or `aws_unavailable` when there is no mapping or Lambda cannot be asked
 */
export async function setMapping(queueName: string, wanted: 'enabled' | 'disabled'): Promise<void> {
  await withLambda(async (lambda) => {
    const mappings = await mappingsOf(lambda, queueName);
    if (mappings.length === 0)
      throw new HookportError(
        'aws_unavailable',
        `no function consumes the queue ${queueName} in this account and region; is the source deployed?`,
      );
    for (const { UUID } of mappings)
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: wanted === 'enabled' }));
  });
}

/**
 * Whether each queue's mapping is disabled, or about to be, by the queue's name; one without a mapping is absent. A list of all
 * that the account has in this region: Lambda answers some fifteen questions a second to a whole account, and there may be a
 * hundred sources.
 *
 * @throws HookportError `aws_unavailable`
 */
export async function pausedMappings(): Promise<ReadonlyMap<string, boolean>> {
  return withLambda(async (client) => {
    const found = new Map<string, boolean>();
    for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {}))
      for (const mapping of EventSourceMappings) {
        const name = ownQueueOf(mapping);
        const { State } = mapping;
        if (name !== undefined)
          found.set(name, (found.get(name) ?? true) && (State === 'Disabled' || State === 'Disabling'));
      }
    return found;
  });
}

/** The name of the queue that feeds a function; undefined for what is none, or another account's. */
function ownQueueOf({ EventSourceArn = '', FunctionArn = '' }: EventSourceMappingConfiguration): string | undefined {
  const [, , service, , account, name] = EventSourceArn.split(':');
  return service === 'sqs' && account === FunctionArn.split(':')[4] ? name : undefined;
}

async function mappingsOf(lambda: LambdaClient, queueName: string): Promise<EventSourceMappingConfiguration[]> {
  const answer = await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn: await arnOf(queueName) }));
  return answer.EventSourceMappings ?? [];
}

async function arnOf(queueName: string): Promise<string> {
  const client = sqsClient();
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    return Attributes?.QueueArn ?? '';
  } catch (error) {
    throw new HookportError('queue_not_found', `the queue ${queueName} cannot be found on AWS: ${saidBy(error)}`);
  } finally {
    client.destroy();
  }
}

async function withLambda<T>(run: (client: LambdaClient) => Promise<T>): Promise<T> {
  const client = new LambdaClient({});
  try {
    return await run(client);
  } catch (error) {
    if (error instanceof HookportError) throw error;
    throw awsUnavailable('Lambda cannot be asked', error);
  } finally {
    client.destroy();
  }
}
