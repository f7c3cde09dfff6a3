import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { HookportError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { DeployedStack } from './deployed-stack.ts';
import { sqsClient } from './open-queue.ts';

/** How CloudFormation identifies a queue or a secret that it is to import. */
export type Identifier = { QueueUrl: string } | { Id: string };

/**
 * Queues and secrets of the plan that are in the account and in no stack of this name: a source that was removed, or a
 * stack that was destroyed, left them.
 *
 * @param stack As it is deployed; undefined for none.
 * @returns their identifiers by their names
 * @throws HookportError `aws_unavailable` when AWS cannot be asked
 */
export async function findLeftBehind(plan: Plan, stack: DeployedStack | undefined): Promise<Map<string, Identifier>> {
  const isNew = (name: string) => stack?.names.has(name) !== true;
  const queues = plan.sources.flatMap(({ queue, deadLetterQueue, verifiedQueue }) => [
    queue.name,
    deadLetterQueue.name,
    ...(verifiedQueue ? [verifiedQueue.name] : []),
  ]);
  const secrets = plan.sources
    .flatMap(({ secret, consumer }) => [secret ?? [], consumer?.forward?.http?.secret ?? []].flat())
    .flatMap(({ name, existing }) => (existing ? [] : [name]));
  const sqs = sqsClient();
  const secretsManager = new SecretsManagerClient({});
  try {
    const found = await Promise.all([
      ...queues
        .filter(isNew)
        .map(async (name): Promise<[string, Identifier][]> => {
          const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
          return [[name, { QueueUrl }]];
        })
        .map(orNone),
      ...secrets
        .filter(isNew)
        .map(async (name): Promise<[string, Identifier][]> => {
          const { ARN = '' } = await secretsManager.send(new DescribeSecretCommand({ SecretId: name }));
          return [[name, { Id: ARN }]];
        })
        .map(orNone),
    ]);
    return new Map(found.flat());
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new HookportError('aws_unavailable', `what an earlier deploy left cannot be asked for: ${what}`, {
      cause: error,
    });
  } finally {
    sqs.destroy();
    secretsManager.destroy();
  }
}

async function orNone<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof QueueDoesNotExist || error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
