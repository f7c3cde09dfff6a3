import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smokeTest } from '../../../src/cli/aws/smoke-test.ts';
import { requestParameters } from '../../../src/delivery/wire.ts';
import { startGateway } from '../../../src/local/gateway/start.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';

const root = join(import.meta.dirname, '../../..');

async function hookport(args: string[], environment: Record<string, string>, input = '') {
  const child = spawn(process.execPath, [join(root, 'src/cli/hookport.js'), ...args], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_MAX_ATTEMPTS: '1',
      ...environment,
    },
  });
  child.stdin.end(input);
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, out, errors };
}

describe('hookport secret', () => {
  let server: Awaited<ReturnType<typeof startSecretsManager>>;
  const secret = (args: string[], input?: string) =>
    hookport(['secret', ...args], { AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint }, input);

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

  it('says which secrets are not set', async () => {
    const { code, out } = await secret(['status', 'github']);
    expect(code).toBe(1);
    expect(out).toContain('not set: hookport secret set github');
  });

  it('tells to deploy first where the secret does not exist', async () => {
    const { code, errors } = await secret(['set', 'paddle'], 'pdl_ntfset_01_secret');
    expect(code).toBe(1);
    expect(errors).toContain('there is no secret acme-webhooks/paddle; deploy the stack first');
  });
});

describe('hookport deploy', () => {
  it('deploys nothing that would remove a route while nobody is there to be asked', async () => {
    const template = { Resources: { R: { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: 'POST /gone' } } } };
    const server = await cloudFormation('acme-webhooks', template, {});
    try {
      const { code, out, errors } = await hookport(['deploy'], { AWS_ENDPOINT_URL_CLOUDFORMATION: server.endpoint });
      expect(code).toBe(2);
      expect(out).toContain('POST /gone');
      expect(errors).toContain('add --yes');
    } finally {
      await server.close();
    }
  });
});

describe('hookport urls --aws', () => {
  it('prints the URLs of the deployed stack', async () => {
    const outputs = {
      GithubUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/github',
      GithubQueues: JSON.stringify({ source: 'github' }),
    };
    const server = await cloudFormation('acme-webhooks', {}, outputs);
    try {
      const { code, out } = await hookport(['urls', '--aws'], { AWS_ENDPOINT_URL_CLOUDFORMATION: server.endpoint });
      expect(code).toBe(0);
      expect(out).toContain('github  https://abc.execute-api.us-east-1.amazonaws.com/github');
    } finally {
      await server.close();
    }
  });
});

describe('the smoke test after a deploy', () => {
  it('tells a route that reaches its queue from one that does not, and puts nothing into the queue', async () => {
    const sent: unknown[] = [];
    const unused = () => Promise.reject(new Error('not used here'));
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
      queue: (name) => ({
        name,
        send(message) {
          if (message.body === '')
            return Promise.resolve({ ok: false, code: 'MissingParameter', message: 'MessageBody' });
          sent.push(message);
          return Promise.resolve({ ok: true, messageId: 'm', md5OfBody: 'd' });
        },
        receive: unused,
        delete: unused,
        changeVisibility: unused,
        moveTo: unused,
        depth: unused,
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

/** CloudFormation's query protocol for one stack. */
async function cloudFormation(name: string, template: object, outputs: Record<string, string>) {
  const escape = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${escape(value)}</OutputValue></member>`,
  );
  const bodies: Record<string, string> = {
    DescribeStacks: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    GetTemplate: `<GetTemplateResponse><GetTemplateResult><TemplateBody>${escape(JSON.stringify(template))}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
  };
  const server = createServer((request, response) => {
    const answer = async () => {
      const action = new URLSearchParams(await text(request)).get('Action') ?? '';
      response.writeHead(200, { 'content-type': 'text/xml' }).end(bodies[action] ?? '');
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
