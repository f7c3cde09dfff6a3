import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '../../..');
const cli = join(root, 'src/cli/hookport.js');

/** What every command that asks AWS needs; for an endpoint on this machine any will do. */
export const localAws = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

export interface Ended {
  code: number;
  out: string;
  errors: string;
}

/** Runs the command line as a process, with nothing of this one's environment but the PATH. */
export async function hookport(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = '',
  /** Presses Ctrl-C when this resolves, given what is printed meanwhile. */
  interrupted?: (printed: () => string) => Promise<unknown>,
): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...localAws, ...environment },
  });
  child.stdin.end(input);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  void interrupted?.(() => out).then(() => child.kill('SIGINT'));
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: code as number, out, errors };
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
    env: { PATH: process.env['PATH'], TERM: 'xterm', ...localAws, ...environment },
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
