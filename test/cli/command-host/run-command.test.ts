import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { endCommands, runCommand } from './run-command.ts';

/** A command line that runs the code which it is given. */
const project = realpathSync(mkdtempSync(path.join(tmpdir(), 'hookport-host-')));
mkdirSync(path.join(project, 'src/cli'), { recursive: true });
writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
writeFileSync(
  path.join(project, 'src/cli/main.ts'),
  'export const main = async () => (0, eval)(`(async () => { ${process.argv[2]} })()`);',
);
afterAll(() => {
  endCommands(project);
  rmSync(project, { recursive: true });
});

const run = (code: string, environment: Record<string, string> = {}, input = '') =>
  runCommand({ args: [code], environment, folder: project, input }, project);

test('a command has its arguments, environment, folder and input, and the next has none of them', async () => {
  const told =
    'for await (const each of process.stdin) console.log(String(each)); console.log(process.cwd(), Object.keys(process.env).join()); console.error(process.argv.length);';
  expect(
    await run(`${told} process.exitCode = 3; process.on("exit", () => console.log("bye"));`, { A: '1' }, 'in'),
  ).toEqual({ code: 3, out: `in\n${project} A\nbye\n`, errors: '3\n' });
  expect(await run(told)).toEqual({ code: 0, out: `${project} \n`, errors: '3\n' });
});

test('a command ends where nothing is left that Node waits for', async () => {
  expect(
    await run('setTimeout(() => console.log("late"), 200); setTimeout(() => console.log("never"), 9e6).unref();'),
  ).toEqual({
    code: 0,
    out: 'late\n',
    errors: '',
  });
});

test.each([
  ['process.exit(4)', 4, ''],
  ['setTimeout(() => { throw new Error("broken") })', 1, 'Error: broken'],
  ['throw new Error("broken")', 1, 'Error: broken'],
  ['process.kill(process.pid, "SIGINT"); setInterval(() => {}, 1000)', null, ''],
])('%s ends it as it ends a process, and the next runs in another', async (code, wanted, errors) => {
  const ended = await run(`console.log("begun"); ${code}`);
  expect(ended).toEqual({ code: wanted, out: 'begun\n', errors: expect.stringContaining(errors) });
  expect(await run('console.log("well")')).toEqual({ code: 0, out: 'well\n', errors: '' });
});

test('options of Node, which a process has from its start, are refused', async () => {
  await expect(run('', { NODE_OPTIONS: '--no-warnings' })).rejects.toThrow('NODE_OPTIONS');
});
