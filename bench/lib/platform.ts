import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `hookport start` in a process of its own. */
export interface PlatformProcess {
  gatewayPort: number;
  /** Such as `http://127.0.0.1:8081`. */
  inspector: string;
  /** From the start of the process until it serves. */
  readyAfterMs: number;
  /** Processor time that the process has used, in seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export const root = resolve(import.meta.dirname, '../..');

/** The secret of the source `github` on a platform that {@link startPlatform} started. */
export const githubSecret = 'bench';

/** @returns the file of a configuration with these sources, each a line of YAML */
export function writeConfig(folder: string, sources: readonly string[]): string {
  const file = join(folder, 'webhooks.config.yaml');
  writeFileSync(file, ['name: bench', 'sources:', ...sources.map((source) => `  ${source}`), ''].join('\n'));
  return file;
}

/** Has its data in the folder `data`, which is made where it is not there. */
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
    env: { ...process.env, GITHUB_WEBHOOK_SECRET: githubSecret, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (child.exitCode === null) {
    const holder = readHolder(join(data, 'holder.json'));
    if (holder && holder.pid === child.pid && holder.ports.gateway !== undefined)
      return {
        gatewayPort: holder.ports.gateway,
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
