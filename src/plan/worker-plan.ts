import type { WorkerConfig } from '../config/config.ts';
import { deliverySeconds } from './delivery-seconds.ts';
import type { ConsumerPlan, WorkerPlan } from './plan.ts';

/** Beside its timeout, an attempt reads the secret, verifies, moves and deletes. */
const roomSeconds = 15;

/** Fargate's limits of what a container has between SIGTERM and SIGKILL. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const shortestStopSeconds = 30;
const longestStopSeconds = 120;

/** The containers of a source with `consumer: worker`. */
export function planWorker(
  { cpu, memoryMiB, architecture, tasks, environment, policies, vpc }: WorkerConfig,
  consumer: Pick<ConsumerPlan, 'batch' | 'timeoutSeconds' | 'forward'>,
): WorkerPlan {
  const attemptSeconds = workerRunSeconds(consumer);
  return {
    cpuUnits: cpu * 1024,
    memoryMiB,
    architecture,
    tasks,
    stopTimeoutSeconds: Math.min(longestStopSeconds, Math.max(shortestStopSeconds, attemptSeconds)),
    outlastsStop: attemptSeconds > longestStopSeconds,
    ...(environment && { environment }),
    ...(policies && { policies }),
    ...(vpc && { vpc }),
  };
}

/** How long a worker may be at one delivery or batch. */
export function workerRunSeconds(consumer: Pick<ConsumerPlan, 'batch' | 'timeoutSeconds' | 'forward'>): number {
  return consumer.batch.size * deliverySeconds(consumer) + roomSeconds;
}
