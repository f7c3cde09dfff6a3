import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { asGatewayQueue } from '../../fakes/gateway-queue.ts';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smokeTest } from '../../../src/cli/aws/smoke-test.ts';
import { requestParameters } from '../../../src/delivery/wire.ts';
import { startGateway } from '../../../src/local/gateway/start.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { startSecretMetric } from './local-secret-metric.ts';
import { startAccount } from './account/start.ts';
import { hookport, hookportInTerminal } from './run.ts';

describe('a command that asks AWS', () => {
  // Nor the files of whoever runs this, nor what a machine on AWS would be given.
  const nothing = {
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const commands = [
    ['status', '--aws'],
    ['urls', '--aws'],
    ['secret', 'status', 'github'],
    ['worker', 'github'],
  ];

  it.each(commands)('says what to set where the region is empty: %s %s', async (...args) => {
    const { code, errors } = await hookport(args, { ...nothing, AWS_REGION: '' });
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(/Region not accepted: .+; set AWS_REGION, such as eu-central-1\n$/),
    });
  });

  it.each(commands)('says what to set where it has no credentials: %s %s', async (...args) => {
    const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const { code, errors } = await hookport(args, { ...nothing, ...keys });
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(
        /Could not load credentials from any providers; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n$/,
      ),
    });
  });
});

describe('hookport secret', () => {
  let server: Awaited<ReturnType<typeof startSecretsManager>>;
  const secret = (args: string[], input?: string) =>
    hookport(
      ['secret', ...args],
      {
        AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint,
        AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:9',
        AWS_MAX_ATTEMPTS: '1',
      },
      input,
    );

  beforeEach(async () => {
    server = await startSecretsManager({ 'acme-webhooks/github': { changedAt: new Date(0) } });
  });
  afterEach(() => server.close());

  it('sets a secret from stdin, without the line’s end, and never shows it', async () => {
    const { code, out, errors } = await secret(['set', 'github'], 'a-long-secret\n');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(server.secrets['acme-webhooks/github']?.current).toBe('a-long-secret');
    expect(out).not.toContain('a-long-secret');
  });

  it('sets no empty secret', async () => {
    const { code, errors } = await secret(['set', 'github'], ' \n');
    expect(code).toBe(2);
    expect(errors).toContain('the secret is empty; nothing was set');
    expect(server.state.calls).toBe(0);
  });

  it.skipIf(platform() !== 'linux')('sets what is typed where it is asked for, and does not show it', async () => {
    const environment = { AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint };
    const asked = [{ question: '(not shown): ', answer: 'a-long-secret' }];
    const { code, shown } = await hookportInTerminal(['secret', 'set', 'github'], environment, asked);
    expect({ code, shown }).toEqual({ code: 0, shown: expect.stringContaining('The secret of github is set.') });
    expect(shown).not.toContain('a-long-secret');
    expect(server.secrets['acme-webhooks/github']?.current).toBe('a-long-secret');
  });

  it.skipIf(platform() !== 'linux').each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('sets nothing where it is asked for and answered with %s, and says so', async (_, answer) => {
    const environment = { AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint };
    const asked = [{ question: '(not shown): ', answer }];
    const { code, shown } = await hookportInTerminal(['secret', 'set', 'github'], environment, asked);
    expect({ code, shown }).toEqual({ code: 1, shown: expect.stringContaining('hookport: nothing was set') });
    expect(server.state.calls).toBe(0);
  });

  it('sets no other credential of the provider, and says what it is and what to take', async () => {
    const { code, errors } = await secret(['set', 'github'], 'ghp_0123456789abcdefXYZ\n');
    expect({ code, errors }).toEqual({
      code: 2,
      errors:
        'hookport: the secret begins with ghp_: that is a personal access token, which signs no webhook; take a long random text of your own, the same as under Secret in the settings of the webhook; nothing was set\n',
    });
    expect(server.state.calls).toBe(0);
  });

  it('sets no key/value pairs, as the console makes them, which no provider signs with', async () => {
    const { code, errors } = await secret(['set', 'github'], '{"GITHUB_WEBHOOK_SECRET":"a-long-secret"}\n');
    expect(code).toBe(2);
    expect(errors).toContain('not the secret alone; nothing was set');
    expect(errors).not.toContain('a-long-secret');
    expect(server.state.calls).toBe(0);
  });

  it('keeps the one before until it is revoked', async () => {
    await secret(['set', 'github'], 'one-secret');
    await secret(['set', 'github'], 'two-secret');
    expect((await secret(['status', 'github'])).out).toMatch(
      /github.*current \(set \d{4}-\d\d-\d\d\), previous \(counts until \d{4}-\d\d-\d\d\)/,
    );
    expect((await secret(['revoke', 'github'])).code).toBe(0);
    expect(server.secrets['acme-webhooks/github']?.previous).toBeUndefined();
    expect((await secret(['revoke', 'github'])).out).toContain('has no previous secret');
  });

  it('sets nothing where it cannot be read whether the secret is that already: the previous one would count no more', async () => {
    await secret(['set', 'github'], 'one-secret');
    await secret(['set', 'github'], 'two-secret');
    server.state.unread = 'ThrottlingException';
    const { code, errors } = await secret(['set', 'github'], 'two-secret');
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('ThrottlingException') });
    expect(server.secrets['acme-webhooks/github']).toMatchObject({ current: 'two-secret', previous: 'one-secret' });
    // Who may only set them does so all the same.
    server.state.unread = 'AccessDeniedException';
    expect((await secret(['set', 'github'], 'three-secret')).code).toBe(0);
    expect(server.secrets['acme-webhooks/github']).toMatchObject({ current: 'three-secret', previous: 'two-secret' });
  });

  it('tells when each version last matched, also under the label that it had before the rotation', async () => {
    await secret(['set', 'github'], 'one-secret');
    await secret(['set', 'github'], 'two-secret');
    const hour = (ago: number) => Math.floor(Date.now() / 3_600_000 - ago) * 3600;
    const cloudWatch = await startSecretMetric({
      // Before the rotation, which is now, the previous version was the current one.
      current: [hour(5), hour(30)],
    });
    try {
      const environment = {
        AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint,
        AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint,
      };
      const { out, errors, code } = await hookport(['secret', 'status', 'github'], environment);
      expect({ errors, code }).toEqual({ errors: '', code: 0 });
      const at = new Date(hour(5) * 1000).toISOString();
      expect(out).toMatch(/current \(set [\d-]+, no match in 30 days\)/);
      expect(out).toContain(`last matched ${at.slice(0, 10)} in the hour from ${at.slice(11, 16)} UTC)`);
      expect(cloudWatch.asked[0]).toEqual({
        Namespace: 'Hookport',
        MetricName: 'SecretMatched',
        Dimensions: [
          { Name: 'stack', Value: 'acme-webhooks' },
          { Name: 'source', Value: 'github' },
          { Name: 'secret', Value: 'current' },
        ],
      });
    } finally {
      await cloudWatch.close();
    }
  });

  it('tells the versions also where CloudWatch cannot be asked, and says so', async () => {
    await secret(['set', 'github'], 'one-secret');
    const { out, errors, code } = await secret(['status', 'github']);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/current \(set [\d-]+\)/) });
    expect(errors).toContain('CloudWatch cannot be asked');
  });

  it('says which secrets are not set', async () => {
    const { code, out } = await secret(['status', 'github']);
    expect(code).toBe(1);
    expect(out).toContain('not set: hookport secret set github');
  });

  it('sets and shows the secret of a forward apart from the source’s own, and takes one form of it alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookport-forward-'));
    const config = join(folder, 'w.yaml');
    writeFileSync(
      config,
      'name: acme\nsources:\n  logs: { provider: json, unverified: true, forward: { http: { url: "https://in.example.com" } } }\n',
    );
    server.secrets['acme/logs/forward'] = { changedAt: new Date(0) };
    const value = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    try {
      const refused = await secret(['set', 'logs', '--forward', '--config', config], 'plain text\n');
      expect(refused.code).toBe(2);
      expect(refused.errors).toContain('is not "whsec_" with base64 after it; nothing was set');
      const { code, out } = await secret(['set', 'logs', '--forward', '--config', config], `${value}\n`);
      expect({ code, shown: out.includes(value) }).toEqual({ code: 0, shown: false });
      expect(server.secrets['acme/logs/forward']?.current).toBe(value);
      expect((await secret(['status', '--config', config])).out).toMatch(/logs +acme\/logs\/forward +current/);
      const own = await secret(['set', 'logs', '--config', config], 'x\n');
      expect(own.errors).toContain('its provider signs nothing');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells to deploy first where the secret does not exist', async () => {
    const { code, errors } = await secret(['set', 'paddle'], 'pdl_ntfset_01_secret');
    expect(code).toBe(1);
    expect(errors).toContain('there is no secret acme-webhooks/paddle; deploy the stack first');
  });

  it('tells the status of those that are there beside one of a source that is not deployed yet', async () => {
    server.secrets['acme-webhooks/zendesk'] = { current: 'a-long-secret', changedAt: new Date(0) };
    const { code, out } = await secret(['status']);
    expect(code).toBe(1);
    expect(out).toMatch(/github +acme-webhooks\/github +not set: hookport secret set github\n/);
    expect(out).toMatch(
      /paddle +acme-webhooks\/paddle +there is no secret acme-webhooks\/paddle; deploy the stack first\n/,
    );
    expect(out).toMatch(/zendesk +acme-webhooks\/zendesk +current \(set 1970-01-01\)\n/);
    const [github, paddle] = JSON.parse((await secret(['status', '--json'])).out) as Record<string, unknown>[];
    expect(github).not.toHaveProperty('problem');
    expect(paddle).toMatchObject({ versions: [], problem: expect.stringContaining('deploy the stack first') });
  });

  it('tells to make it where the configuration names one that no deploy makes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookport-existing-'));
    const config = join(folder, 'w.yaml');
    writeFileSync(config, 'name: acme\nsources:\n  paddle: { provider: paddle, secret: shared/paddle }\n');
    try {
      const { code, errors } = await secret(['set', 'paddle', '--config', config], 'pdl_ntfset_01_secret');
      expect(code).toBe(1);
      expect(errors).toContain(
        'there is no secret shared/paddle, which the configuration names; make it: aws secretsmanager create-secret --name shared/paddle',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('hookport urls --aws', () => {
  it('prints the URLs of the deployed stack', async () => {
    const account = await startAccount({ apiEndpoint: 'https://abc.execute-api.us-east-1.amazonaws.com' });
    account.put('acme-webhooks', {
      Resources: {},
      Outputs: {
        GithubUrl: { Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }, '/github']] } },
        GithubQueues: { Value: JSON.stringify({ source: 'github' }) },
        // Of somebody who extends the stack.
        MyQueues: { Value: 'https://sqs.us-east-1.amazonaws.com/123456789012/mine' },
        MyUrl: { Value: 'https://example.com' },
      },
    });
    try {
      const { code, out } = await hookport(['urls', '--aws'], account.environment);
      expect(code).toBe(0);
      expect(out).toContain('github  https://abc.execute-api.us-east-1.amazonaws.com/github');
      expect(out).not.toContain('example.com');
    } finally {
      await account.close();
    }
  });

  it('names the sources that are not deployed yet, instead of printing the URL of this machine for them', async () => {
    const account = await startAccount({ apiEndpoint: '' });
    account.put('acme-webhooks', {
      Resources: {},
      Outputs: {
        GithubUrl: { Value: 'https://abc.execute-api.us-east-1.amazonaws.com/github' },
        GithubQueues: { Value: JSON.stringify({ source: 'github' }) },
      },
    });
    try {
      const { code, out, errors } = await hookport(['urls', '--aws'], account.environment);
      expect(code).toBe(0);
      expect(out).not.toContain('127.0.0.1');
      expect(out).not.toMatch(/paddle|zendesk/);
      expect(errors).toBe('hookport: not deployed yet: paddle, zendesk; first: hookport deploy\n');
      const json = await hookport(['urls', '--aws', '--json'], account.environment);
      expect((JSON.parse(json.out) as { id: string }[]).map(({ id }) => id)).toEqual(['github']);
    } finally {
      await account.close();
    }
  });

  it.each([
    ['that only a change set made', 'REVIEW_IN_PROGRESS'],
    ['whose first deploy failed', 'ROLLBACK_COMPLETE'],
  ])('takes a stack %s as none', async (_title, status) => {
    const account = await startAccount({ apiEndpoint: '' });
    account.leave('acme-webhooks', status, { Resources: {} });
    try {
      const { code, errors } = await hookport(['urls', '--aws'], account.environment);
      expect({ code, errors }).toEqual({
        code: 2,
        errors: expect.stringContaining('no stack acme-webhooks is deployed'),
      });
    } finally {
      await account.close();
    }
  });
});

describe('the smoke test after a deploy', () => {
  it('tells a route that reaches its queue from one that does not, and puts nothing into the queue', async () => {
    const sent: unknown[] = [];
    const route = {
      key: 'POST /a',
      method: 'POST' as const,
      path: '/a',
      throttle: { rate: 10, burst: 10 },
      requestParameters: requestParameters({ headers: {} }),
    };
    const queue = {
      name: 'q',
      retentionSeconds: 60,
      visibilityTimeoutSeconds: 30,
      maxMessageBytes: 1_044_480,
      receiveWaitSeconds: 0,
    };
    const gateway = await startGateway({
      plan: { name: 'x', sources: [{ id: 'a', provider: 'p', route, queue, deadLetterQueue: queue }] },
      port: 0,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      queue: (name) =>
        asGatewayQueue({
          name,
          send(message) {
            if (message.body === '')
              return Promise.resolve({ ok: false, code: 'MissingParameter', message: 'MessageBody' });
            sent.push(message);
            return Promise.resolve({ ok: true, messageId: 'm' });
          },
        }),
    });
    const base = `http://127.0.0.1:${gateway.port}`;
    const results = await smokeTest(
      new Map([
        ['a', `${base}/a`],
        ['b', `${base}/b`],
      ]),
      { attempts: 1 },
    );
    expect(results.map(({ ok, meaning }) => [ok, meaning])).toEqual([
      [true, 'reaches its queue (SQS refused the empty probe, as it should)'],
      [false, 'answered 404: there is no such route'],
    ]);
    expect(sent).toEqual([]);
    await gateway.close();
    const [gone] = await smokeTest(new Map([['a', `${base}/a`]]), { attempts: 1 });
    expect(gone?.meaning).toContain('no answer');
  });
});
