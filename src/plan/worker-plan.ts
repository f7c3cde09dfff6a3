import type { WorkerConfig } from '../config/config.ts';
import { workerRunSeconds } from './delivery-seconds.ts';
import type { ConsumerPlan, WorkerPlan } from './plan.ts';

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
