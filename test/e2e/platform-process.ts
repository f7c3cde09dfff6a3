import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, startCommand } from '../cli/command-host/run-command.ts';
import { listDeliveries } from '../local/list-deliveries.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface Delivery {
  id: string | null;
  eventType: string | null;
  outcome: string;
  reason: string | null;
  attempt: number;
}

export interface SourceState {
  id: string;
  url: string;
  queue: { waiting: number; inFlight: number; deadLettered: number };
  outcomes: Record<'handled' | 'ignored' | 'duplicate' | 'rejected' | 'failed', number>;
}

/** A folder with a configuration and a data folder, and processes of `hookport start` on it. */
export class TestProject {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'hookport-e2e-'));
  readonly config = path.join(this.folder, 'webhooks.config.yaml');
  readonly data = path.join(this.folder, 'data');

  constructor(sources: string) {
    writeFileSync(this.config, `name: e2e\nsources:\n${sources}`);
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** The lines that a handler wrote into a file. */
  lines(name: string): string[] {
    try {
      return readFileSync(this.file(name), 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  }

  /** Runs a command of the CLI to its end. */
  async cli(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const command = {
      args: [...args, '--config', this.config],
      environment: { ...process.env, ...env },
      folder: process.cwd(),
      input: '',
    };
    const { code, out, errors } = await runCommand(command);
    return { code: code ?? -1, stdout: out, stderr: errors };
  }

  /** Runs a command that goes on until it is ended. */
  follow(args: readonly string[]): {
    lines(): string[];
    errors(): string;
    leave(): Promise<number | null>;
    end(): void;
  } {
    const child = spawn(process.execPath, [path.join(root, 'src/cli/hookport.js'), ...args, '--config', this.config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    return {
      lines: () => output.stdout.split('\n').filter(Boolean),
      errors: () => output.stderr,
      // As `| head` does when it has seen enough; the command learns of it when it writes next.
      leave: async () => {
        child.stdout.destroy();
        const [code] = (await once(child, 'exit')) as [number | null];
        return code;
      },
      end: () => child.kill(),
    };
  }

  /** Starts a process and waits until it serves. */
  async start(env: Record<string, string>): Promise<PlatformProcess> {
    const { child, output } = this.spawn(env);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return this.#untilItServes({ child, output, ended });
  }

  /**
   * As {@link start}, in a process that has loaded Hookport already and runs other commands afterwards, which takes half of the
   * processor time: for tests that ask the platform, and not how its process begins and ends.
   */
  async serve(env: Record<string, string>): Promise<PlatformProcess> {
    const startedAt = Date.now();
    const command = { args: this.#start(), environment: { ...process.env, ...env }, folder: root, input: '' };
    const { child, printed, ended } = startCommand(command);
    const output = () => printed.out + printed.errors;
    // Another platform may have served there by the same process.
    return this.#untilItServes({ child, output, ended: ended.then(({ code }) => code) }, startedAt);
  }

  #start(): string[] {
    const ports = ['--port', '0', '--inspector-port', '0', '--sqs-port', '0'];
    return ['start', '--config', this.config, '--data', this.data, ...ports];
  }

  async #untilItServes(running: RunningStart, startedAt = -Infinity): Promise<PlatformProcess> {
    const started = performance.now();
    const runtimeFile = path.join(this.data, 'holder.json');
    const over = new AbortController();
    void running.ended.then(() => over.abort());
    while (!over.signal.aborted) {
      const runtime = readRuntime(runtimeFile);
      const isIts = runtime?.pid === running.child.pid && runtime !== undefined && runtime.startedAt >= startedAt;
      if (isIts && runtime.ports.sqs !== undefined)
        return new PlatformProcess(running, runtime, performance.now() - started);
      await sleep(5);
    }
    throw new Error(`hookport start ended with ${await running.ended}:\n${running.output()}`);
  }

  /** Starts a process, and does not wait for it. */
  spawn(env: Record<string, string>): { child: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, ['src/cli/hookport.js', ...this.#start()], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return { child, output: () => output };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A `hookport start` under way. */
interface RunningStart {
  child: ChildProcess;
  output: () => string;
  /** Its exit code; null where a signal ended it. */
  ended: Promise<number | null>;
}

interface Runtime {
  pid: number;
  /** Epoch milliseconds. */
  startedAt: number;
  /** Empty until everything listens. */
  ports: { gateway?: number; inspector?: number; sqs?: number };
}

function readRuntime(file: string): Runtime | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Runtime;
  } catch {
    return undefined;
  }
}

export class PlatformProcess {
  readonly child: ChildProcess;
  readonly gateway: string;
  readonly api: string;
  readonly sqs: string;
  readonly readyAfterMs: number;
  readonly output: () => string;
  readonly #ended: Promise<number | null>;
  /** Its process may be another's by now. */
  #isOver = false;

  constructor({ child, output, ended }: RunningStart, { ports }: Runtime, readyAfterMs: number) {
    this.child = child;
    this.gateway = `http://127.0.0.1:${ports.gateway}`;
    this.api = `http://127.0.0.1:${ports.inspector}/api`;
    this.sqs = `http://127.0.0.1:${ports.sqs}`;
    this.readyAfterMs = readyAfterMs;
    this.output = output;
    this.#ended = ended;
    void ended.then(() => (this.#isOver = true));
  }

  async sources(): Promise<SourceState[]> {
    return (await fetch(`${this.api}/sources`)).json() as Promise<SourceState[]>;
  }

  async source(id: string): Promise<SourceState> {
    const found = (await this.sources()).find((source) => source.id === id);
    if (!found) throw new Error(`no source ${id}`);
    return found;
  }

  deliveries(query: string): Promise<Delivery[]> {
    return listDeliveries(this.api, query);
  }

  /** Waits until a source is as wanted; fails with what it was when the time is over. */
  async until(id: string, wanted: (source: SourceState) => boolean, timeoutMs = 30_000): Promise<SourceState> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const source = await this.source(id);
      if (wanted(source)) return source;
      if (performance.now() > end) throw new Error(`still ${JSON.stringify(source)}\n${this.output().slice(-2000)}`);
      await sleep(50);
    }
  }

  /** Ends it as a terminal or an init system would. @returns its exit code; null where a signal ended it before */
  async stop(): Promise<number | null> {
    if (!this.#isOver) this.child.kill('SIGTERM');
    return this.#ended;
  }

  async kill(): Promise<void> {
    if (!this.#isOver) this.child.kill('SIGKILL');
    await this.#ended;
  }
}
