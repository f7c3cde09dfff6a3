import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Command } from './protocol.ts';
import type { Ran } from './run-command.ts';

const cli = fileURLToPath(new URL('../../../src/cli/hookport.js', import.meta.url));

/**
 * Runs a command in a process of its own, as a user does.
 *
 * @param interrupted Presses Ctrl-C when this resolves, given what is printed meanwhile.
 */
export async function runAlone(
  { args, environment, folder, input }: Command,
  interrupted?: (printed: () => string) => Promise<unknown>,
): Promise<Ran> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env: environment });
  child.stdin.end(input);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  void interrupted?.(() => out).then(() => child.kill('SIGINT'));
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, out, errors };
}
