import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import * as cdk from '../../../src/cli/aws/cdk.ts';
import { addDeploy } from '../../../src/cli/commands/deploy.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import { stackOf } from '../../infra/synth.ts';
import type { Template } from './account/cloudformation.ts';
import { startAccount } from './account/start.ts';

/** What the user's `infra/app.ts` might make: a second stack that uses the first. */
async function synthesize(config: string): Promise<{ directory: string; template: Template }> {
  const loaded = await loadConfig(config, { catalogue, root: '.' });
  if (!loaded.ok) throw new Error('the configuration is wrong');
  const { app, stack } = stackOf(makePlan(loaded.config, catalogue));
  const reports = new Stack(app, 'reports');
  const queue = new CfnQueue(reports, 'Queue', { queueName: 'reports' });
  queue.stack.addStackDependency(stack);
  const assembly = app.synth();
  return { directory: assembly.directory, template: assembly.getStackByName('acme').template as Template };
}

test('deploys after a first deploy that failed, takes up what it left, and leaves the stacks alone that use this one', async () => {
  // Answers what the API would to the probe of a deployed route.
  const api = createServer((_request, response) => response.writeHead(400).end());
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const account = await startAccount({ apiEndpoint: `http://127.0.0.1:${(api.address() as AddressInfo).port}` });
  const home = mkdtempSync(join(tmpdir(), 'hookport-take-up-'));
  for (const [name, value] of Object.entries({ ...account.environment, HOME: home })) vi.stubEnv(name, value);
  try {
    const config = join(home, 'acme.yaml');
    writeFileSync(config, 'name: acme\nsources:\n  github: { provider: github }\n  paddle: { provider: paddle }\n');
    const { directory, template } = await synthesize(config);
    const run = cdk.runCdk;
    // The project's own app makes one stack; the CDK CLI deals with this assembly for real.
    vi.spyOn(cdk, 'runCdk').mockImplementation(async (args, given) => {
      if (args[0] !== 'synth') return run(args, given);
      cpSync(directory, args.at(-1) ?? '', { recursive: true });
      return 0;
    });
    const shown = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    // As `npx cdk deploy` leaves them, which takes nothing up and meets names that are taken.
    for (const { Properties: { QueueName, Name, ...settings } = {}, DeletionPolicy } of Object.values(
      template.Resources,
    ))
      if (DeletionPolicy === 'RetainExceptOnCreate') account.keep(String(QueueName ?? Name), settings);
    expect(account.kept()).toHaveLength(6);
    account.leave('acme', 'ROLLBACK_COMPLETE', template);
    account.put('reports', { Resources: {} });

    const program = new Command();
    addDeploy(program);
    await program.parseAsync(['deploy', '--yes', '--config', config, '--', '--app', directory], { from: 'user' });

    expect(process.exitCode).toBeUndefined();
    expect(shown.mock.calls.join('\n')).toMatch(/ok +paddle .*reaches its queue/);
    expect(account.kept()).toEqual([]);
    expect(account.deployed('reports')).toBeDefined();
    expect(account.unknown).toEqual([]);
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await account.close();
    api.close();
    rmSync(home, { recursive: true });
  }
}, 120_000);
