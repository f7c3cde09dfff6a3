import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Ran, startCommand } from '../command-host/run-command.ts';

const root = join(import.meta.dirname, '../../..');
const cli = join(root, 'src/cli/hookport.js');

/** What every command that asks AWS needs; for an endpoint on this machine any will do. */
export const localAws = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

interface More {
  /** Presses Ctrl-C when this resolves, given what is printed meanwhile. */
  interrupted?: (printed: () => string) => Promise<unknown>;
  /** As a command's. */
  preload?: string;
}

/** Runs a command, with nothing of this process's environment but the PATH and what Node compiled. */
export async function hookport(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = '',
  { interrupted, ...more }: More = {},
): Promise<Ran> {
  const command = { args, environment: inheriting(environment), folder: root, input, ...more };
  const { child, printed, ended } = startCommand(command);
  void interrupted?.(() => printed.out).then(() => child.kill('SIGINT'));
  return ended;
}

function inheriting(environment: Readonly<Record<string, string>>) {
  // As src/cli/hookport.js has it, for the CDK CLI and the app.
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_COMPILE_CACHE, ...localAws, ...environment };
}

/**
 * Runs the command line in a terminal of its own, by util-linux's `script`, and types each answer once its question
 * has appeared.
 *
 * @returns what the terminal showed
 */
export async function hookportInTerminal(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  answers: readonly { question: string; answer: string }[],
): Promise<{ code: number; shown: string }> {
  const quoted = [process.execPath, cli, ...args].map((each) => `'${each}'`).join(' ');
  // Where nobody says how wide it is, it has no columns, and a prompt stands there a character to a line.
  const command = `stty cols 120 rows 40; exec ${quoted}`;
  const child = spawn('/usr/bin/script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: root,
    env: { ...inheriting(environment), TERM: 'xterm' },
  });
  let shown = '';
  let seen = 0;
  const waiting = [...answers];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk;
    const [next] = waiting;
    const at = next ? shown.indexOf(next.question, seen) : -1;
    if (!next || at < 0) return;
    seen = at + next.question.length;
    waiting.shift();
    child.stdin.write(`${next.answer}\r`);
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, shown };
}
