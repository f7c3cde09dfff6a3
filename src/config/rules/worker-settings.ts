import type { RawSource } from '../schema.ts';
import { formatSize } from '../units.ts';
import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

/**
 * How much memory Fargate gives to how many vCPUs, in GiB: from, to, in steps of.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const memoryOf: Readonly<Record<number, readonly [from: number, to: number, step: number]>> = {
  0.25: [0.5, 2, 0.5],
  0.5: [1, 4, 1],
  1: [2, 8, 1],
  2: [4, 16, 1],
  4: [8, 30, 1],
  8: [16, 60, 4],
  16: [32, 120, 8],
};

/** What ECS and Hookport set in the container. */
const reserved =
  /^(HOOKPORT_.*|ECS_.*|AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|CONTAINER_.*|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))$/;

/** Containers that Fargate runs, and settings that belong to the consumer which the source has. */
export const workerSettings = eachSource(({ id, worker }, { raw }) => {
  const findings: Finding[] = [];
  const written: Partial<RawSource> = raw.sources[id] ?? {};
  const find = (keys: string[], message: string, at?: 'key') =>
    findings.push({ path: placeOf(raw, id, ['worker', ...keys]), message, ...(at && { at }) });
  if (!worker) {
    if (written.worker)
      findings.push({
        path: ['sources', id, 'worker'],
        at: 'key',
        message: '`worker` has no effect without `consumer: worker`',
      });
    return findings;
  }
  if (written.function)
    findings.push({
      path: ['sources', id, 'function'],
      at: 'key',
      message: '`function` is for Lambda and has no effect with `consumer: worker`; use `worker`',
    });
  const [from, to, step] = memoryOf[worker.cpu] ?? [0, 0, 1];
  const memory = worker.memoryMiB / 1024;
  if (memory < from || memory > to || !isWhole(memory / step))
    find(
      ['memory'],
      `Fargate gives ${worker.cpu} vCPU ${size(from)} to ${size(to)} in steps of ${size(step)}, not ${formatSize(worker.memoryMiB * 1024 ** 2)}; change \`memory\` or \`cpu\``,
    );
  if (worker.tasks.max < worker.tasks.min)
    find(
      ['tasks', 'max'],
      `at most ${worker.tasks.max} containers cannot be fewer than the least, ${worker.tasks.min}`,
    );
  for (const name of Object.keys(worker.environment ?? {}))
    if (reserved.test(name))
      find(['environment', name], `"${name}" is set by ECS or Hookport; choose another name`, 'key');
  return findings;
});

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}

function size(gib: number): string {
  return formatSize(gib * 1024 ** 3);
}
