import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { PlatformProcess } from '../../e2e/platform-process.ts';
import type { Run } from '../scenario.ts';
import type { Rig } from './kill-rig.ts';

const file = resolve(import.meta.dirname, '../../fixtures/worker-process.ts');

/** Starts a worker that consumes the rig's source over the platform's SQS endpoint, and waits until it does. */
export async function startWorkerProcess(run: Run, rig: Rig, { sqs }: PlatformProcess): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...rig.env, WORKER_CONFIG: rig.project.config, WORKER_ENDPOINT: sqs },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // A process that is stopped heeds no other signal.
  run.onEnd(() => void child.kill('SIGKILL'));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the worker ended with ${String(code)}`))),
  ]);
  return child;
}
