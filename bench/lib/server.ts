import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A contender that serves, in a process of its own. */
export interface Server {
  port: number;
  stop(): Promise<void>;
}

/** Starts a module with node that prints its port first. */
export async function startModule(file: string, ...args: string[]): Promise<Server> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(await firstLine(child));
  return { port, stop: () => end(child) };
}

/** Runs a module with node to its end. @returns its first line, as JSON */
export async function runModule<Result>(file: string, ...args: string[]): Promise<Result> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const line = await firstLine(child);
  await exited;
  return JSON.parse(line) as Result;
}

/** Starts a program that listens where it is told. @returns undefined where it is not installed */
export async function startProgram(
  command: string,
  argsOf: (port: number) => readonly string[],
  env: (port: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<Server | undefined> {
  const port = await freePort();
  const child = spawn(command, [...argsOf(port)], { stdio: 'ignore', env: { ...process.env, ...env(port) } });
  const missing = once(child, 'error').then(
    () => true,
    () => true,
  );
  if (await Promise.race([missing, listens(port, child).then(() => false)])) return undefined;
  return { port, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the process has no output');
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error(`${child.spawnargs.join(' ')} printed nothing`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(25);
  }
  throw new Error(`${child.spawnfile} does not listen`);
}
