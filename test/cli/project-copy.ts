import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { Command } from './command-host/protocol.ts';
import { endCommands, runCommand } from './command-host/run-command.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The configuration and the handlers of the project: whoever clones it has his own, with which its tests must pass as well. */
const sample = path.join(root, 'test/fixtures/project');
const handlers = path.join(root, 'src/handlers');
const code = ['src', 'providers', 'package.json'];

interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A copy of the project with the sample's configuration and handlers, for commands that write into it. */
export class ProjectCopy {
  readonly #made = mkdtempSync(path.join(tmpdir(), 'hookport-copy-'));
  /** With a blank and an apostrophe, which people have in their paths. */
  readonly folder = path.join(this.#made, "Kim's code");

  constructor() {
    mkdirSync(this.folder);
    for (const name of code)
      cpSync(path.join(root, name), path.join(this.folder, name), {
        recursive: true,
        filter: (file) => file !== handlers,
      });
    symlinkSync(path.join(root, 'node_modules'), path.join(this.folder, 'node_modules'));
    cpSync(sample, this.folder, { recursive: true });
  }

  /** All but the code as it was made. */
  reset(): void {
    const written = readdirSync(this.folder).filter((name) => name !== 'node_modules' && !code.includes(name));
    for (const name of [...written, 'src/handlers'])
      rmSync(path.join(this.folder, name), { recursive: true, force: true });
    cpSync(sample, this.folder, { recursive: true });
  }

  /** Runs a command of the code that was copied, whatever became of it since. */
  async run(...args: string[]): Promise<Finished> {
    return this.runWith({}, ...args);
  }

  /** @param more As of a command. */
  async runWith(more: Pick<Command, 'preload'>, ...args: string[]): Promise<Finished> {
    const environment = { ...process.env, NO_COLOR: '1' };
    const command = { args, environment, folder: this.folder, input: '', ...more };
    const { code, out, errors } = await runCommand(command, this.folder);
    return { status: code, stdout: out, stderr: errors };
  }

  /** Runs a command in a process of its own. */
  runAlone(...args: string[]): Finished {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/hookport.js', ...args], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1' },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  /** Runs a command on a terminal of its own. Linux’s `script` makes it. */
  onTerminal(command: string): Terminal {
    const line = `stty cols 100 rows 40; ${process.execPath} src/cli/hookport.js ${command}; echo "ended with $?"`;
    const child = spawn('script', ['-qfc', line, '/dev/null'], {
      cwd: this.folder,
      env: { ...process.env, TERM: 'xterm-256color', CI: '' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return new Terminal(child);
  }

  has(name: string): boolean {
    return existsSync(path.join(this.folder, name));
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  remove(): void {
    endCommands(this.folder);
    rmSync(this.#made, { recursive: true });
  }
}

/** What a person at a terminal sees and types. */
export class Terminal {
  readonly #child: ChildProcess;
  #screen = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.#screen += chunk.toString()));
  }

  get screen(): string {
    return stripVTControlCharacters(this.#screen);
  }

  /** Waits until a text is there, and types. */
  async after(text: RegExp, keys: string): Promise<void> {
    await this.#until(text);
    this.#child.stdin?.write(keys);
  }

  /** Its exit code. `script` itself would wait for more to be typed. */
  async ended(): Promise<number> {
    const [, code] = await this.#until(/ended with (\d+)/);
    this.#child.kill();
    return Number(code);
  }

  async #until(wanted: RegExp): Promise<RegExpExecArray> {
    const end = performance.now() + 30_000;
    for (;;) {
      const found = wanted.exec(this.screen);
      if (found) return found;
      if (performance.now() > end) {
        this.#child.kill();
        throw new Error(`no ${wanted.source} in:\n${this.screen}`);
      }
      await sleep(20);
    }
  }
}

export const hasScript = spawnSync('script', ['--version']).status === 0;
