import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { type Command, ended } from './protocol.ts';

const [, , project = ''] = process.argv;
const { main } = (await import(pathToFileURL(`${project}/src/cli/main.ts`).href)) as { main: () => Promise<void> };

/**
 * Runs commands of the project in the folder that is its argument, one after another, each as a process of its own would: with the environment, the folder and the input that it
 * is given, to the end, which is where nothing is left that Node waits for. Loading Hookport, which takes longer than most
 * commands, is done once.
 */
process.on('message', (command: Command) => void run(command));
process.once('disconnect', () => process.exit());

async function run({ args, environment, folder, input, preload }: Command): Promise<void> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(folder);
  process.argv.splice(2, Infinity, ...args);
  Object.defineProperty(process, 'stdin', { value: Readable.from(input === '' ? [] : [input]), configurable: true });
  const before = listeners();
  // What the command leaves open keeps it from its end, the channel does not.
  process.channel?.unref();
  process.once('beforeExit', (code) => {
    process.channel?.ref();
    const left = listeners().filter((each) => !before.some(({ listener }) => listener === each.listener));
    for (const { event, listener } of left) if (event === 'exit') listener(code);
    for (const { emitter, event, listener } of left) emitter.off(event, listener);
    const mark = ended(code);
    process.exitCode = undefined;
    process.stderr.write(mark);
    process.stdout.write(mark);
  });
  if (preload !== undefined) await import(preload);
  await main();
}

interface Registered {
  emitter: NodeJS.EventEmitter;
  event: string;
  listener: (...args: unknown[]) => void;
}

/** Those that end with the process. */
function listeners(): Registered[] {
  const of = (emitter: NodeJS.EventEmitter, ...events: string[]) =>
    events.flatMap((event) =>
      emitter.rawListeners(event).map((listener) => ({ emitter, event, listener: listener as Registered['listener'] })),
    );
  return [...of(process, 'exit', 'SIGINT', 'SIGTERM'), ...of(process.stdout, 'error'), ...of(process.stderr, 'error')];
}
