import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, startAccount } from './account/start.ts';
import { hookport, hookportInTerminal } from './run.ts';

/**
 * The command line, the pinned CDK CLI and the stack, for real, against an account on this machine. What AWS itself does
 * with the template is not proved here; which requests it is asked, and what a person is asked before, is.
 */
const folder = mkdtempSync(join(tmpdir(), 'hookport-deploy-'));
let account: Account;
/** Answers what the API would to the probe of a deployed route. */
const api = createServer((_request, response) => response.writeHead(400).end());

/** What the CDK CLI needs beside the account: a home that is not this machine's. */
const environment = () => ({ ...account.environment, HOME: folder });
/** Without the CDK's own validation, which takes two seconds and which the first deploy has passed. */
const unvalidated = () => ({ ...environment(), CDK_VALIDATION: 'false' });

function config(name: string, sources: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `name: acme\nsources:\n${sources}`);
  return file;
}
const both = config('both', '  github: { provider: github }\n  paddle: { provider: paddle }\n');
const moved = config('moved', '  github: { provider: github, path: /hub }\n');

beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  account = await startAccount({ apiEndpoint: `http://127.0.0.1:${(api.address() as AddressInfo).port}` });
});
afterAll(async () => {
  await account.close();
  api.close();
  rmSync(folder, { recursive: true });
});

const routes = () =>
  Object.values(account.deployed('acme')?.Resources ?? {})
    .flatMap(({ Type, Properties }) => (Type === 'AWS::ApiGatewayV2::Route' ? [String(Properties?.['RouteKey'])] : []))
    .toSorted();

test.skipIf(platform() !== 'linux')(
  'deploys, asks before a URL stops serving, takes up what a removed source left, and destroys (in a terminal; util-linux alone has this `script`)',
  async () => {
    const first = await hookportInTerminal(
      ['deploy', '--config', both, '--', '--output', join(folder, 'both')],
      environment(),
      [{ question: 'Do you wish to deploy these changes', answer: 'y' }],
    );
    expect(first.shown).toContain('IAM Statement Changes');
    expect(first).toMatchObject({ code: 0, shown: expect.stringMatching(/ok +github .*reaches its queue/) });
    expect(first.shown).toMatch(/ok +paddle .*reaches its queue/);
    expect(routes()).toEqual(['POST /github', 'POST /paddle']);

    const same = await hookport(['diff', '--config', both, '--', '--app', join(folder, 'both')], environment());
    expect(same).toMatchObject({ code: 0, errors: expect.stringContaining('There were no differences') });

    const refused = await hookportInTerminal(['deploy', '--config', moved], environment(), [
      { question: 'Remove them? (y/N)', answer: 'n' },
    ]);
    expect(refused).toMatchObject({ code: 2, shown: expect.stringMatching(/POST \/github[^]*POST \/paddle/) });
    expect(refused.shown).toContain('nothing was deployed');
    expect(account.executed()).toBe(1);

    const agreed = await hookportInTerminal(
      ['deploy', '--config', moved, '--', '--output', join(folder, 'moved')],
      unvalidated(),
      [
        { question: 'Remove them? (y/N)', answer: 'y' },
        { question: 'Do you wish to deploy these changes', answer: 'y' },
      ],
    );
    expect(routes()).toEqual(['POST /hub']);
    expect(agreed).toMatchObject({ code: 0, shown: expect.stringMatching(/ok +github .*\/hub +reaches its queue/) });
    expect(account.kept()).toEqual(['acme-paddle', 'acme-paddle-dlq', 'acme/paddle']);

    const difference = await hookport(['diff', '--config', both, '--', '--app', join(folder, 'both')], environment());
    expect(difference.errors).toMatch(/\[←\] AWS::SQS::Queue Source-paddle\/Queues\/Queue .*import/);

    const back = await hookport(
      ['deploy', '--yes', '--config', both, '--', '--app', join(folder, 'both')],
      environment(),
    );
    expect(back).toMatchObject({ code: 0, out: expect.stringMatching(/ok +paddle/) });
    expect(account.kept()).toEqual([]);

    const destroyed = await hookportInTerminal(
      ['destroy', '--config', both, '--', '--app', join(folder, 'both')],
      environment(),
      [{ question: 'Are you sure you want to delete', answer: 'y' }],
    );
    expect(destroyed.code).toBe(0);
    expect(account.deployed('acme')).toBeUndefined();
    expect(account.kept()).toHaveLength(6);
    expect(account.unknown).toEqual([]);
  },
  120_000,
);

test('deploys nothing that would remove a route while nobody is there to be asked', async () => {
  account.put('other', {
    Resources: { R: { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: 'POST /gone' } } },
  });
  const file = join(folder, 'other.yaml');
  writeFileSync(file, 'name: other\nsources:\n  github: { provider: github }\n');
  const { code, out, errors } = await hookport(['deploy', '--config', file], environment());
  expect(code).toBe(2);
  expect(out).toContain('POST /gone');
  expect(errors).toContain('add --yes');
});
