import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `hookport start` in a process of its own. */
export interface PlatformProcess {
  /** Such as `http://127.0.0.1:8080`. */
  gateway: string;
  inspector: string;
  /** From the start of the process until it serves. */
  readyAfterMs: number;
  /** Processor time that the process has used, in seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');

export async function startPlatform(
  config: string,
  data: string,
  env: Readonly<Record<string, string>> = {},
): Promise<PlatformProcess> {
  const began = performance.now();
  const ports = ['--port', '0', '--inspector-port', '0', '--sqs-port', '0'];
  const args = ['src/cli/hookport.js', 'start', '--config', config, '--data', data, ...ports];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (child.exitCode === null) {
    const holder = readHolder(join(data, 'holder.json'));
    if (holder && holder.pid === child.pid && holder.ports.gateway !== undefined)
      return {
        gateway: `http://127.0.0.1:${holder.ports.gateway}`,
        inspector: `http://127.0.0.1:${holder.ports.inspector}`,
        readyAfterMs: performance.now() - began,
        cpuSeconds: () => cpuSeconds(child.pid ?? 0),
        async stop() {
          const exited = once(child, 'exit');
          child.kill('SIGTERM');
          await exited;
        },
      };
    await sleep(2);
  }
  throw new Error(`hookport start ended with ${child.exitCode}`);
}

interface Holder {
  pid: number;
  ports: { gateway?: number; inspector?: number };
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Linux alone tells it of another process, in ticks of a hundredth of a second; elsewhere NaN. */
function cpuSeconds(pid: number): number {
  try {
    const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const fields = after.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}
