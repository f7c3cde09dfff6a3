import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { expect, test, vi } from 'vitest';
import * as cdk from '../../../src/cli/aws/cdk.ts';
import { takeUp } from '../../../src/cli/aws/take-up.ts';
import { startAccount } from './account/start.ts';

/** What the user's `infra/app.ts` might make: a second stack that uses the first. */
function synthesize(outdir: string): void {
  const app = new App({ outdir });
  const addQueue = (stack: Stack, queueName: string) => new CfnQueue(stack, 'Queue', { queueName });
  const acme = new Stack(app, 'acme');
  addQueue(acme, 'acme-github');
  const reports = new Stack(app, 'reports');
  addQueue(reports, 'reports');
  reports.addStackDependency(acme);
  app.synth();
}

test('takes up after a first deploy that failed, and leaves the stacks alone that use this one', async () => {
  const account = await startAccount({ apiEndpoint: 'https://api.example' });
  const home = mkdtempSync(join(tmpdir(), 'hookport-take-up-'));
  for (const [name, value] of Object.entries({ ...account.environment, HOME: home })) vi.stubEnv(name, value);
  const run = cdk.runCdk;
  // The project's own app makes one stack; the CDK CLI deals with this assembly for real.
  vi.spyOn(cdk, 'runCdk').mockImplementation(async (args, config) => {
    if (args[0] !== 'synth') return run(args, config);
    synthesize(args.at(-1) ?? '');
    return 0;
  });
  try {
    account.keep('acme-github', {});
    account.leave('acme', 'ROLLBACK_COMPLETE', { Resources: {} });
    account.put('reports', { Resources: {} });

    const identifier = { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/acme-github' };
    expect(await takeUp(new Map([['acme-github', { identifier, settings: {} }]]), 'acme', 'unused.yaml')).toBe(0);

    expect(account.kept()).toEqual([]);
    expect(account.deployed('reports')).toBeDefined();
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await account.close();
    rmSync(home, { recursive: true });
  }
}, 60_000);
