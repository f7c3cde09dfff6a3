import type { TaskProtection } from './consumer/task-protection.ts';
import type { RunningWorker } from './consumer/worker.ts';
import type { Handler } from './delivery/handler.ts';
import type { DeliveryRecord } from './delivery/record.ts';
import type { Log } from './log.ts';
import type { SecretStore } from './secrets/secret-store.ts';

/** What is left out, or `undefined`, as a variable of the environment that is not set, is its default. */
export interface CreateWorkerOptions {
  /** The source's id in the configuration. */
  source: string;
  /** @default the source's handler file */
  handler?: Handler | undefined;
  /** @default `webhooks.config.yaml` */
  config?: string | undefined;
  /** The project: what `config`, `.env` and handler files are relative to. @default the current folder */
  root?: string | undefined;
  /** @default AWS_REGION and the other places where the AWS SDK looks */
  region?: string | undefined;
  /** Another SQS endpoint, such as `http://127.0.0.1:9324` of a platform on this machine. @default AWS */
  endpoint?: string | undefined;
  /** @default the queue with the source's name, `<name>-<source>` */
  queueUrl?: string | undefined;
  /** @default `<name>-<source>-dlq` */
  deadLetterQueueUrl?: string | undefined;
  /** @default `<name>-<source>-verified`, where the source forwards to it */
  verifiedQueueUrl?: string | undefined;
  /** Another EventBridge endpoint, where the source forwards to a bus. Needed beside an `endpoint` on this machine. @default AWS */
  eventBusEndpoint?: string | undefined;
  /** Deliveries, or batches, handled at the same time. @default the source's */
  concurrency?: number | undefined;
  /** For one delivery. @default the source's */
  timeoutSeconds?: number | undefined;
  /** @default the source's; 10 at once for a batch handler whose source says nothing */
  batch?: { size: number; windowSeconds: number } | undefined;
  /**
   * Where signing secrets are read: the source's by its id, and by `<id>/forward` the one that signs what it forwards over HTTP.
   *
   * @default the environment, and `.env` in `root`
   */
  secrets?: SecretStore | undefined;
  /** File of the record of completed deliveries; where the source has `deduplicate`, itself or in `defaults`, this or the table is needed, and nowhere else. */
  deduplicationFile?: string | undefined;
  /** DynamoDB table of that record, as a deployed stack has it; instead of the file. */
  deduplicationTable?: string | undefined;
  /** Put around the handler and what is forwarded: what keeps this process from being ended meanwhile. @default nothing */
  protection?: TaskProtection | undefined;
  /** Told of each attempt after it was settled. What it throws or rejects with is logged; a promise is not waited for. @default nobody */
  record?: ((record: DeliveryRecord) => void | Promise<void>) | undefined;
  /** Told of each attempt that failed or was rejected, of what the handler logs, and of what goes wrong. @default JSON lines on stderr */
  log?: Log | undefined;
}

/**
 * Runs a source's handler in this process, against its SQS queue: polls, verifies, hands over and settles as the
 * Lambda function would. Stop it before the process ends, so that what was started can finish.
 *
 * @throws HookportError `config_invalid` with all issues; `usage` when there is no such source or something is missing;
 *   `queue_not_found` when SQS has no queue of that name
 */
export async function createWorker(options: CreateWorkerOptions): Promise<RunningWorker> {
  // Loaded here: whoever imports `hookport` for defineHandler alone, as a Lambda's handler does, needs none of it.
  const { startStandaloneWorker } = await import('./standalone-worker.ts');
  return startStandaloneWorker(options);
}
