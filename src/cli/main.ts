import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { HookportError } from '../errors.ts';
import { addCommands } from './commands.ts';

/**
 * Runs the command line. Exit codes: 0 done; 1 it could not be done, or what was asked about is not well; 2 the command
 * was called wrongly.
 */
export async function main(): Promise<void> {
  // The CDK CLI deploys there, and the SDK, which does not know the variable, would ask elsewhere.
  const { AWS_DEFAULT_REGION } = process.env;
  if (AWS_DEFAULT_REGION) process.env['AWS_REGION'] ||= AWS_DEFAULT_REGION;
  const program = new Command('hookport')
    .description(
      'Takes in webhooks: one YAML file, one route and queue per source, verified deliveries to your handlers.',
    )
    .version(packageJson.version, '-V, --version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)');
  onClosedPipe(process.argv[2]);
  const stopWatching = watchLoading();
  try {
    await addCommands(program, process.argv.slice(2));
    stopWatching();
  } catch (error) {
    // Commands import the providers, which may have a mistake. Of another failure the stack says where it is.
    stopWatching();
    const { explainLoading } = await import('./provider-mistakes.ts');
    const explained = explainLoading(error);
    if (!(explained instanceof HookportError)) throw error;
    process.exitCode = report(explained);
    return;
  }
  for (const command of program.commands) command.exitOverride().showHelpAfterError('(add --help for what it takes)');
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

/**
 * Says so when the commands do not load because a module awaits at its top level what never comes: Node would end without a
 * word, or hang. @returns what ends the watch
 */
function watchLoading(): () => void {
  const message = 'a file in providers/, or what it imports, awaits something at its top level';
  const timer = setTimeout(() => console.error(`hookport: still loading after 10 s; ${message}?`), 10_000);
  timer.unref();
  const onExit = () => {
    console.error(`hookport: cannot be loaded: ${message} that never comes`);
    process.exitCode = 1;
  };
  process.once('exit', onExit);
  return () => {
    clearTimeout(timer);
    process.off('exit', onExit);
  };
}

/**
 * A reader that has seen enough, such as head, closes the pipe. What serves goes on, the rest has nobody to tell. What
 * cannot be written for another reason is missing from a file that somebody counts on.
 */
function onClosedPipe(command: string | undefined): void {
  const serves = command === 'start' || command === 'worker';
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (serves) return;
      if (error.code === 'EPIPE') process.exit();
      if (stream === process.stdout) console.error(`hookport: the output cannot be written: ${error.message}`);
      process.exit(1);
    });
}

/** Says what went wrong. @returns the exit code */
function report(error: unknown): number {
  // Commander has printed its own message already; --help and --version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof HookportError) {
    // Mistakes of the configuration begin with their file, as editors and terminals want them.
    console.error(error.code === 'config_invalid' ? error.message : `hookport: ${error.message}`);
    return error.code === 'usage' ? 2 : 1;
  }
  console.error('hookport: internal error; please report it with what follows');
  console.error(error);
  return 1;
}
