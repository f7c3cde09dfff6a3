import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Command } from './protocol.ts';
import type { Ran } from './run-command.ts';

const cli = fileURLToPath(new URL('../../../src/cli/hookport.js', import.meta.url));

/** Runs a command in a process of its own, as a user does. */
export async function runAlone({ args, environment, folder, input }: Command): Promise<Ran> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env: environment });
  child.stdin.end(input);
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, out, errors };
}
