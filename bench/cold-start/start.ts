import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { secret } from './event.ts';

export interface StartTimes {
  /** The import of the bundle. */
  initMs: number;
  /** The import and the first delivery. */
  firstMs: number;
}

const program = join(import.meta.dirname, 'init-process.ts');

/** Starts a bundle in a fresh process and hands it the event. @throws Error where it does not handle it */
export async function start(entry: string, event: unknown, secretsEndpoint: string): Promise<StartTimes> {
  const file = `${entry}.event.json`;
  writeFileSync(file, JSON.stringify(event));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, entry, file], {
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsEndpoint,
      GITHUB_WEBHOOK_SECRET: secret,
      HOOKPORT_STACK: 'bench',
      HOOKPORT_QUEUE_URL: 'http://127.0.0.1:9/q',
      HOOKPORT_DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:9/d',
      HOOKPORT_SECRET_ID: 's',
    },
  });
  const { answer, ...times } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as StartTimes & {
    answer?: { batchItemFailures: unknown[] };
  };
  if (answer && answer.batchItemFailures.length > 0) throw new Error(`${entry} did not handle the delivery: ${stdout}`);
  return times;
}
