import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { projectRoot } from '../project.ts';

/** The pinned CDK CLI: whichever `cdk` stands in the PATH may be another version. */
const cdkCli = path.join(path.dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');

/**
 * Runs the CDK CLI on this configuration, with the terminal as its own. SIGINT reaches it too, since it is in the same
 * process group; we wait for it to end.
 *
 * @param config As given on the command line, relative to the current folder.
 * @returns its exit code
 */
export async function runCdk(args: readonly string[], config: string): Promise<number> {
  const context = ['--context', `config=${path.relative(projectRoot, path.resolve(config))}`];
  const child = spawn(process.execPath, [cdkCli, ...args, ...context], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } finally {
    process.off('SIGINT', ignore);
  }
}
