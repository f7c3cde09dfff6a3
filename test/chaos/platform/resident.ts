import { readFileSync } from 'node:fs';
import type { PlatformProcess } from '../../e2e/platform-process.ts';

/** Memory of the process that is in RAM, in MiB. Linux alone tells it of another process. */
export function residentMiB({ child }: Pick<PlatformProcess, 'child'>): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}

/** Why memory cannot be read here; undefined when it can. */
export function unableToMeasure(): string | undefined {
  return process.platform === 'linux' ? undefined : 'memory is read from /proc, which is Linux’s';
}
