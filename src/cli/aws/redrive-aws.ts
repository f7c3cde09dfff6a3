import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Provider } from '../../catalogue/provider.ts';
import { redrive, type RedriveReport } from '../../consumer/redrive.ts';
import { loadPayloadChecks } from '../../payload-schema/load-checks.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { createSecretsManagerStore } from '../../secrets/secrets-manager.ts';
import { projectRoot } from '../project.ts';
import { openQueue, sqsClient } from './open-queue.ts';
import { sqsClock } from './sqs-clock.ts';
import { warningsOnly } from '../warnings-only.ts';

export interface RedriveOnAwsOptions {
  source: SourcePlan;
  provider: Provider;
  /** Or one of these. */
  reason?: string | readonly string[] | undefined;
  ids?: readonly string[] | undefined;
  dryRun?: boolean | undefined;
  /** Ends it between two batches. */
  signal?: AbortSignal | undefined;
  /** Told after each batch. */
  progress?: ((report: RedriveReport) => void) | undefined;
}

/** A redrive against SQS and Secrets Manager, with the credentials of the environment. @throws HookportError */
export async function redriveOnAws({ source, ...options }: RedriveOnAwsOptions): Promise<RedriveReport> {
  const sqs = sqsClient();
  const clock = sqsClock(sqs);
  const secretsManager = new SecretsManagerClient({});
  try {
    const [queue, deadLetterQueue] = await Promise.all([
      openQueue(sqs, source.queue.name),
      openQueue(sqs, source.deadLetterQueue.name),
    ]);
    const secretId = source.secret?.name ?? '';
    const secrets = createSecretsManagerStore({ client: async () => secretsManager, secretId: () => secretId, clock });
    const [checkPayload] = (await loadPayloadChecks([source], projectRoot)).values();
    const parts = { source, queue, deadLetterQueue, secrets, checkPayload, clock, log: warningsOnly };
    return await redrive({ ...options, ...parts });
  } finally {
    sqs.destroy();
    secretsManager.destroy();
  }
}
