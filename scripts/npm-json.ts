import { spawnSync } from 'node:child_process';

/** What an npm command that answers in JSON said; undefined when it said something else. npm's own exit code is not asked. */
export function npmJson(...args: string[]): unknown {
  const { stdout } = spawnSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    return undefined;
  }
}
