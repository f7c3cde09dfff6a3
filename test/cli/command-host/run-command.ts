import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Command, endOf } from './protocol.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const file = fileURLToPath(new URL('host.ts', import.meta.url));

interface Host {
  /** The folder whose command line it has loaded. */
  project: string;
  child: ChildProcess;
  /** The commands whose code it has loaded. */
  ran: ReadonlySet<string | undefined>;
}

/** Those without a command in hand, of all files of this worker. They end with it. */
let idle: readonly Host[] = [];

/** What a command printed. */
export interface Ran {
  /** Null where a signal ended it. */
  code: number | null;
  out: string;
  errors: string;
}

/** A command that runs. */
export interface Running {
  /** Its process, for signals until it has ended; others run in it afterwards. */
  child: ChildProcess;
  /** What it has printed by now. */
  printed: Readonly<{ out: string; errors: string }>;
  ended: Promise<Ran>;
}

/** Runs a command to its end: see {@link startCommand}. */
export async function runCommand(command: Command, project?: string): Promise<Ran> {
  return startCommand(command, project).ended;
}

/**
 * Starts a command of Hookport in a process that has loaded it already and runs one after another. A command that ends its
 * process ends that one. What a process alone shows (terminals, `NODE_OPTIONS`, files that are read once, as ~/.aws is,
 * `src/cli/hookport.js` itself) is for tests that start one.
 *
 * @param project Whose command line it is. What changes in its code afterwards is not seen.
 */
export function startCommand(command: Command, project = root): Running {
  const { NODE_OPTIONS } = command.environment;
  if (NODE_OPTIONS !== undefined && NODE_OPTIONS !== process.env['NODE_OPTIONS'])
    throw new Error('NODE_OPTIONS are for a process of its own');
  const [name] = command.args;
  const ofProject = idle.filter((each) => each.project === project);
  const host = ofProject.find(({ ran }) => ran.has(name)) ?? ofProject[0] ?? start(project);
  idle = idle.filter((each) => each !== host);
  const { child } = host;
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('a host has no streams');
  const printed = { out: '', errors: '' };
  const { promise: ended, resolve } = Promise.withResolvers<Ran>();
  const onClose = (code: number | null) => resolve({ code, ...printed });
  const look = () => {
    const [out, errors] = [endOf(printed.out), endOf(printed.errors)];
    if (!out || !errors) return;
    child.off('close', onClose);
    for (const stream of [stdout, stderr]) stream.removeAllListeners('data');
    idle = [...idle, { ...host, ran: new Set([...host.ran, name]) }];
    resolve({ code: out.code, out: out.text, errors: errors.text });
  };
  child.once('close', onClose);
  stdout.on('data', (chunk: string) => {
    printed.out += chunk;
    look();
  });
  stderr.on('data', (chunk: string) => {
    printed.errors += chunk;
    look();
  });
  child.send(command);
  return { child, printed, ended };
}

/** Ends what has loaded the command line of a project that goes. */
export function endCommands(project: string): void {
  for (const host of idle) if (host.project === project) host.child.disconnect();
}

function start(project: string): Host {
  const child = spawn(process.execPath, [file, project], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  child.once('disconnect', () => {
    idle = idle.filter((each) => each.child !== child);
  });
  // No reason for this process to go on.
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as Socket).setEncoding('utf8').unref();
  return { project, child, ran: new Set() };
}
