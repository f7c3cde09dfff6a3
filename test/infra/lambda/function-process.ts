import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** A bundle in a fresh process, which knows nothing of this project's modules. */
export async function startFunction(bundle: string, environment: Record<string, string>) {
  const child = fork(new URL('./invoke.mjs', import.meta.url), [`${bundle}/index.mjs`], {
    cwd: bundle,
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...environment,
    },
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit').then(([code]) => [{ error: `exited with ${String(code)}: ${output}` }]);
  const message = async (): Promise<Record<string, unknown>> => {
    const [answer] = (await Promise.race([once(child, 'message'), exited])) as unknown[];
    return answer as Record<string, unknown>;
  };
  const ready = await message();
  if ('error' in ready) throw new Error(String(ready['error']));
  return {
    importMs: Number(ready['ready']),
    /** What it printed so far: log lines and embedded metrics. */
    output: () => output,
    invoke: async (event: SQSEvent, remainingMs = 45_000): Promise<SQSBatchResponse> => {
      const answer = message();
      child.send({ event, remainingMs });
      const { response, error } = (await answer) as { response?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return response as SQSBatchResponse;
    },
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
