import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { HookportError } from '../../errors.ts';
import { type Plan, queuesOf } from '../../plan/plan.ts';
import type { DeployedStack } from './deployed-stack.ts';
import { sqsClient } from './open-queue.ts';
import { awsUnavailable } from './unavailable.ts';

/** A queue or a secret that CloudFormation is to import. */
export interface LeftBehind {
  /** How CloudFormation identifies it. */
  identifier: { QueueUrl: string } | { Id: string };
  /** What a queue is set to now. */
  settings: QueueSettings;
}

/** By the names that SQS and CloudFormation have for them; `maxReceiveCount` stands in the redrive policy. */
export type QueueSettings = Readonly<Partial<Record<(typeof numbers)[number] | 'maxReceiveCount', number>>>;

const numbers = [
  'MessageRetentionPeriod',
  'VisibilityTimeout',
  'MaximumMessageSize',
  'ReceiveMessageWaitTimeSeconds',
] as const;

/**
 * Queues and secrets of the plan that are in the account and in no stack of this name: a source that was removed, or a
 * stack that was destroyed, left them.
 *
 * @param stack As it is deployed; undefined for none.
 * @returns what was left, by its name
 * @throws HookportError `aws_unavailable` when AWS cannot be asked; `usage` for a secret that is about to be deleted
 */
export async function findLeftBehind(plan: Plan, stack: DeployedStack | undefined): Promise<Map<string, LeftBehind>> {
  const isNew = (name: string) => stack?.names.has(name) !== true;
  const queues = plan.sources.flatMap(queuesOf).map(({ name }) => name);
  const secrets = plan.sources
    .flatMap(({ secret, consumer }) => [secret ?? [], consumer?.forward?.http?.secret ?? []].flat())
    .flatMap(({ name, existing }) => (existing ? [] : [name]));
  const sqs = sqsClient();
  const secretsManager = new SecretsManagerClient({});
  try {
    const found = await Promise.all([
      ...queues
        .filter(isNew)
        .map(async (name): Promise<[string, LeftBehind][]> => {
          const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
          return [[name, { identifier: { QueueUrl }, settings: await settingsOf(sqs, QueueUrl) }]];
        })
        .map(orNone),
      ...secrets
        .filter(isNew)
        .map(async (name): Promise<[string, LeftBehind][]> => {
          const { ARN = '', DeletedDate } = await secretsManager.send(new DescribeSecretCommand({ SecretId: name }));
          if (DeletedDate) throw aboutToBeDeleted(name);
          return [[name, { identifier: { Id: ARN }, settings: {} }]];
        })
        .map(orNone),
    ]);
    return new Map(found.flat());
  } catch (error) {
    if (error instanceof HookportError) throw error;
    throw awsUnavailable('what an earlier deploy left cannot be asked for', error);
  } finally {
    sqs.destroy();
    secretsManager.destroy();
  }
}

async function settingsOf(client: SQSClient, QueueUrl: string): Promise<QueueSettings> {
  const AttributeNames = [...numbers, 'RedrivePolicy' as const];
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  const { RedrivePolicy } = Attributes;
  const { maxReceiveCount } = JSON.parse(RedrivePolicy ?? '{}') as { maxReceiveCount?: number | string };
  const found = [
    ...numbers.map((name) => [name, Attributes[name]] as const),
    ['maxReceiveCount', maxReceiveCount] as const,
  ];
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value)]])));
}

/** Its name stays taken until then, and nothing can read it: a stack that took it up would come without a secret. */
function aboutToBeDeleted(name: string): HookportError {
  return new HookportError(
    'usage',
    `the secret ${name} is scheduled for deletion, and its name is taken until then. To have it back: ` +
      `aws secretsmanager restore-secret --secret-id ${name}; to begin anew: ` +
      `aws secretsmanager delete-secret --force-delete-without-recovery --secret-id ${name}`,
  );
}

async function orNone<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof QueueDoesNotExist || error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
