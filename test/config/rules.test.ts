import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createCatalogue } from '../../src/catalogue/registry.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { parseConfig } from '../../src/config/load.ts';

const root = mkdtempSync(path.join(tmpdir(), 'hookport-rules-'));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(path.join(root, 'src/a folder.ts'), { recursive: true });
writeFileSync(path.join(root, 'src/x.ts'), '');
writeFileSync(path.join(root, 'src/..x.ts'), '');
symlinkSync('loop.ts', path.join(root, 'src/loop.ts'));
symlinkSync(path.dirname(root), path.join(root, 'src/out'));
const outside = `${root}-outside.ts`;
writeFileSync(outside, '');
afterAll(() => rmSync(outside));

const acme: Provider = {
  id: 'acme',
  name: 'Acme',
  docs: 'https://example.com/docs',
  checkedAt: '2026-01-31',
  verify: { scheme: 'token', at: { header: 'x-acme-token' } },
  headers: { 'x-acme-token': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: 'hash',
  retry: { text: 'for a day', horizonSeconds: 86_400 },
};
const timed: Provider = {
  ...acme,
  id: 'timed',
  name: 'Timed',
  verify: {
    alternatives: {
      timestamped: {
        scheme: 'hmac',
        hash: 'sha256',
        key: 'utf8',
        signature: { header: 'x-signature', encoding: 'hex' },
        timestamp: { from: { header: 'x-time' }, unit: 'seconds', toleranceSeconds: 300 },
        message: [{ part: 'timestamp' }, '.', { part: 'body' }],
      },
      token: { scheme: 'token', at: { header: 'x-acme-token' } },
    },
  },
};
const once: Provider = { ...acme, id: 'once', name: 'Once', retry: { text: 'never', horizonSeconds: 0 } };
const catalogue = createCatalogue([acme, timed, once]);

function issuesOf(text: string): string[] {
  const loaded = parseConfig('w.yaml', text, { catalogue, root });
  return loaded.ok ? [] : loaded.issues.map(formatIssue);
}

/** A source `x` that forwards, with further settings from line 4 on. */
const withSettings = (...lines: string[]) =>
  issuesOf(
    [
      'name: n',
      'sources:',
      '  x: { provider: timed, forward: { queue: true },',
      ...lines.map((line) => `    ${line}`),
      '  }',
      '',
    ].join('\n'),
  );

const withSources = (...ids: string[]) =>
  issuesOf(`name: n\nsources:\n${ids.map((id) => `  ${id}: { provider: acme }\n`).join('')}`);

describe('settings of a source', () => {
  test.each<[string, string]>([
    ['concurrency: 1', 'w.yaml:4:18: "concurrency" must be 2 or more, not 1'],
    ['concurrency: 1001', 'w.yaml:4:18: "concurrency" must be 1000 or less, not 1001'],
    ['concurrency: 2.5', 'w.yaml:4:18: "concurrency" must be a whole number, not 2.5'],
    ['timeout: 0s', 'w.yaml:4:14: timeout must lie between 1s and 885s, not 0s'],
    ['timeout: 886s', 'w.yaml:4:14: timeout must lie between 1s and 885s, not 886s; `consumer: worker` takes up to 6h'],
    [
      'batch: { size: 30, window: 1s }',
      'w.yaml:4:20: a batch of 30 with a timeout of 30s each may take longer than 885s, which is what Lambda leaves for it; lower one',
    ],
    ['consumer: worker, timeout: 7h', 'w.yaml:4:32: timeout must lie between 1s and 6h, not 7h'],
    [
      'consumer: worker, timeout: 2h, batch: { size: 4 }',
      'w.yaml:4:51: a batch of 4 with a timeout of 2h each may take longer than 6h, which is as long as SQS waits for a worker; lower one',
    ],
    ['worker: { cpu: 1 }', 'w.yaml:4:5: `worker` has no effect without `consumer: worker`'],
    [
      'consumer: worker, function: { memory: 1GiB }',
      'w.yaml:4:23: `function` is for Lambda and has no effect with `consumer: worker`; use `worker`',
    ],
    ['consumer: worker, worker: { cpu: 3 }', 'w.yaml:4:38: "cpu" must be one of 0.25, 0.5, 1, 2, 4, 8, 16, not 3'],
    [
      'consumer: worker, worker: { memory: 4GiB }',
      'w.yaml:4:41: Fargate gives 0.25 vCPU 512MiB to 2GiB in steps of 512MiB, not 4GiB; change `memory` or `cpu`',
    ],
    [
      'consumer: worker, worker: { cpu: 8, memory: 18GiB }',
      'w.yaml:4:49: Fargate gives 8 vCPU 16GiB to 60GiB in steps of 4GiB, not 18GiB; change `memory` or `cpu`',
    ],
    [
      'consumer: worker, worker: { tasks: { min: 3, max: 2 } }',
      'w.yaml:4:55: at most 2 containers cannot be fewer than the least, 3',
    ],
    [
      'consumer: worker, worker: { environment: { ECS_AGENT_URI: x } }',
      'w.yaml:4:48: "ECS_AGENT_URI" is set by ECS or Hookport; choose another name',
    ],
    [
      'consumer: worker, worker: { environment: { KEY: sk_live_abc } }',
      'w.yaml:4:53: "KEY" looks like a secret’s value, which must not stand in the YAML; let the handler read it from Secrets Manager',
    ],
    ['batch: { window: 6m }', 'w.yaml:4:22: window must be 5m at most, not 6m'],
    ['batch: { size: 0 }', 'w.yaml:4:20: "size" must be 1 or more, not 0'],
    ['batch: [1]', 'w.yaml:4:12: "batch" must be a map of keys'],
    ['queue: { retention: 15d }', 'w.yaml:4:25: retention must lie between 60s and 14d, not 15d'],
    ['queue: { maxReceiveCount: 0 }', 'w.yaml:4:31: "maxReceiveCount" must be 1 or more, not 0'],
    ['deadLetter: { retention: 15d }', 'w.yaml:4:30: retention must lie between 60s and 14d, not 15d'],
    [
      'deadLetter: { retention: 7d }',
      'w.yaml:4:30: the dead-letter queue of "x" keeps 7d, which must be longer than the queue’s 7d: SQS counts from the first arrival',
    ],
    ['throttle: { rate: 0 }', 'w.yaml:4:23: "rate" must be more than 0, not 0'],
    ['throttle: { rate: 10001 }', 'w.yaml:4:23: "rate" must be 10000 or less, not 10001'],
    ['throttle: { rate: .nan }', 'w.yaml:4:23: "rate" must be a number, not NaN'],
    ['throttle: { burst: 5001 }', 'w.yaml:4:24: "burst" must be 5000 or less, not 5001'],
    ['tolerance: 0s', 'w.yaml:4:16: tolerance must lie between 1s and 1d, not 0s'],
    ['tolerance: 25h', 'w.yaml:4:16: tolerance must lie between 1s and 1d, not 25h'],
    [
      'verify: token, tolerance: 5m',
      'w.yaml:4:31: Timed signs no timestamp, so a tolerance has no effect; remove this key',
    ],
    ['verify: tokn', 'w.yaml:4:13: timed has no way of signing called "tokn"; known are timestamped, token'],
    ['verify: toString', 'w.yaml:4:13: timed has no way of signing called "toString"; known are timestamped, token'],
    ['deduplicate: maybe', 'w.yaml:4:18: "deduplicate" must be true, false, or a duration such as 72h, not "maybe"'],
    [
      'deduplicate: 23h',
      'w.yaml:4:18: 23h is shorter than Timed sends again for, 1d; a late redelivery would be handled twice',
    ],
    ['deduplicate: 366d', 'w.yaml:4:18: deduplicate must be 365d at most, not 366d'],
    ['expectEvery: 4m', 'w.yaml:4:18: expectEvery must lie between 5m and 7d, not 4m'],
    ['expectEvery: 8d', 'w.yaml:4:18: expectEvery must lie between 5m and 7d, not 8d'],
    ['alarms: { email: nobody }', 'w.yaml:4:22: "email" does not fit: Gets the alarms of this source'],
    ['events: []', 'w.yaml:4:13: "events" is empty; it needs at least one entry'],
    ['events: [a, a]', 'w.yaml:4:13: "events" names something twice'],
    ['function: { memory: 64MiB }', 'w.yaml:4:25: memory must be whole MiB between 128MiB and 10GiB'],
    ['function: { memory: 1000KiB }', 'w.yaml:4:25: memory must be whole MiB between 128MiB and 10GiB'],
    ['function: { memory: 512MB }', 'w.yaml:4:25: "memory" must be a size such as 256MiB or 1GiB, not "512MB"'],
    ['function: { environment: { 1X: a } }', 'w.yaml:4:32: "1X" is not a usable name here'],
    [
      'function: { environment: { AWS_REGION: a } }',
      'w.yaml:4:32: Lambda sets "AWS_REGION" itself; choose another name',
    ],
    [
      'function: { environment: { NODE_OPTIONS: a } }',
      'w.yaml:4:32: Hookport sets "NODE_OPTIONS" itself; choose another name',
    ],
    [
      'function: { environment: { KEY: whsec_AAAA } }',
      'w.yaml:4:37: "KEY" looks like a secret’s value, which must not stand in the YAML; let the handler read it from Secrets Manager',
    ],
    ['function: { vpc: { subnetIds: [subnet-1] } }', 'w.yaml:4:17: "vpc" needs the key "securityGroupIds"'],
    [
      'publicUrl: "https://user:hunter2@hooks.example.com/x"',
      'w.yaml:4:16: a URL with a user or password must not stand in the YAML; write it without them',
    ],
    ['secret: 12345', 'w.yaml:4:13: "secret" must be text'],
    ['token: abc', 'w.yaml:4:5: unknown key "token"; secrets never stand in this file, see `secret`'],
    ['secretValue: abc', 'w.yaml:4:5: unknown key "secretValue"; secrets never stand in this file, see `secret`'],
    ['secrets: abc', 'w.yaml:4:5: unknown key "secrets"; did you mean "secret"?'],
  ])('%s', (setting, expected) => {
    expect(withSettings(setting)).toEqual([expected]);
  });

  test.each([
    'concurrency: 2',
    'timeout: 885s',
    'batch: { size: 10 }',
    'batch: { size: 29, window: 1s }',
    'queue: { retention: 60s }, deadLetter: { retention: 61s }',
    'throttle: { rate: 0.5, burst: 1 }',
    'tolerance: 1d',
    'deduplicate: 1d',
    'deduplicate: true',
    'function: { memory: 10GiB, environment: { TABLE: readings } }',
    'function: { vpc: { subnetIds: [subnet-1], securityGroupIds: [sg-1] } }',
    'publicUrl: "https://hooks.example.com/x?a=b@c"',
  ])('takes %s', (setting) => {
    expect(withSettings(setting)).toEqual([]);
  });

  test.each(['events: [a]', 'deduplicate: true', 'onRejected: drop', 'timeout: 1s', 'function: {}'])(
    'are refused where nothing carries them out: %s without handler and forward',
    (setting) => {
      const key = setting.split(':')[0];
      expect(issuesOf(`name: n\nsources:\n  x:\n    provider: acme\n    ${setting}\n`)).toEqual([
        `w.yaml:5:5: "${key}" has no effect: "x" has neither \`handler\` nor \`forward\`, so its queue is consumed from outside, unverified`,
      ]);
    },
  );

  test('of a worker are taken as Fargate takes them', () => {
    expect(withSettings('consumer: worker, worker: { cpu: 16, memory: 120GiB }, timeout: 6h')).toEqual([]);
    expect(withSettings('consumer: worker, worker: { tasks: { min: 20 } }')).toEqual([]);
  });

  test('in defaults are for the sources that have a consumer', () => {
    expect(issuesOf('name: n\ndefaults: { timeout: 5s, tolerance: 5m }\nsources:\n  x: { provider: acme }\n')).toEqual(
      [],
    );
  });

  test('that are wrong in defaults are reported there, once', () => {
    const text =
      'name: n\ndefaults:\n  timeout: 20m\n  bogus: 1\nsources:\n  x: { provider: acme }\n  y: { provider: acme }\n';
    expect(issuesOf(text).map((line) => line.split(';')[0])).toEqual([
      'w.yaml:3:12: timeout must lie between 1s and 885s, not 20m',
      'w.yaml:4:3: unknown key "bogus"',
    ]);
  });
});

describe('handlers', () => {
  test.each<[string, string]>([
    ['src/loop.ts', 'does not exist; create it, or remove the key to consume the queue yourself'],
    ['src/a folder.ts', 'does not exist; create it, or remove the key to consume the queue yourself'],
    ['src/x.ts/y.ts', 'does not exist; create it, or remove the key to consume the queue yourself'],
    [`src/out/${path.basename(outside)}`, 'leads out of the project'],
    [path.join(root, 'src/x.ts'), 'must lie inside the project, written relative to its root'],
    ['src/x.py', 'must be a .ts, .mts, .js or .mjs file'],
  ])('%s', (handler, expected) => {
    expect(issuesOf(`name: n\nsources:\n  x: { provider: acme, handler: "${handler}" }\n`)).toEqual([
      `w.yaml:3:33: handler "${handler}" ${expected}`,
    ]);
  });

  test.each(['src/x.ts', './src/x.ts', 'src/../src/x.ts', 'src/..x.ts'])('takes %s', (handler) => {
    expect(issuesOf(`name: n\nsources:\n  x: { provider: acme, handler: "${handler}" }\n`)).toEqual([]);
  });

  test('with control characters or without end are missing files, and no control character reaches the terminal', () => {
    const [nul = ''] = issuesOf('name: n\nsources:\n  x: { provider: acme, handler: "a\\0\\e[31m.ts" }\n');
    expect(nul).toContain('handler "a\\x00\\x1b[31m.ts" does not exist');
    const [long = ''] = issuesOf(`name: n\nsources:\n  x: { provider: acme, handler: ${'a'.repeat(5000)}.ts }\n`);
    expect(long).toContain('does not exist');
  });
});

describe('forwards', () => {
  const forwardOf = (text: string) => issuesOf(`name: n\nsources:\n  x:\n    provider: acme\n    forward: ${text}\n`);

  test.each([
    '{ queue: true, http: { url: "https://inside.example.com/hooks?to=a" }, eventBus: acme }',
    '{ http: { url: "http://10.0.0.7:9000", timeout: 5m, secret: shared/inside } }',
    '{ eventBus: "arn:aws:events:eu-west-1:123456789012:event-bus/acme" }',
  ])('takes %s', (text) => expect(forwardOf(text)).toEqual([]));

  test.each<[string, string]>([
    ['{}', 'w.yaml:5:5: "forward" is empty; it needs at least one entry'],
    ['{ http: {} }', 'w.yaml:5:16: "http" needs the key "url"'],
    ['{ http: { url: "ftp://x" } }', 'w.yaml:5:29: "url" does not fit: Where to POST'],
    ['{ http: { url: "http://[" } }', 'w.yaml:5:29: url is no URL'],
    ['{ http: { url: "https://u:p@x.example.com" } }', 'w.yaml:5:29: a URL with a user or password must not'],
    ['{ http: { url: "https://x.example.com/?t=sk_live_1" } }', 'w.yaml:5:29: the query of url looks like it holds'],
    ['{ http: { url: "https://x.example.com", secret: whsec_abc } }', 'this looks like a secret’s value'],
    ['{ http: { url: "https://x.example.com", timeout: 6m } }', 'timeout must lie between 1s and 5m, not 6m'],
    ['{ http: { url: "https://x.example.com", timeout: 0s } }', 'timeout must lie between 1s and 5m, not 0s'],
    ['{ http: { url: "https://x.example.com", token: x } }', 'secrets never stand in this file'],
    ['{ eventBus: "aws.partner" }', 'takes no events of yours'],
    ['{ eventBus: "a bus" }', '"eventBus" does not fit: Name or ARN'],
  ])('refuses %s', (text, expected) => {
    const issues = forwardOf(text);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toContain(expected);
    expect(issues[0]).not.toMatch(/sk_live|whsec_abc|u:p/);
  });

  test('count with the handler when a batch must fit Lambda’s time', () => {
    const [issue = ''] = issuesOf(
      'name: n\nsources:\n  x: { provider: acme, batch: { size: 20, window: 1s }, forward: { http: { url: "http://x", timeout: 20s } } }\n',
    );
    expect(issue).toContain('a batch of 20 with a timeout of 50s each (handler and forward) may take longer than 885s');
  });
});

describe('payload schemas', () => {
  writeFileSync(
    path.join(root, 'good.json'),
    '{"type":"object","properties":{"at":{"type":"string","format":"date"}}}',
  );
  writeFileSync(path.join(root, 'not-json.json'), '{"type":');
  writeFileSync(path.join(root, 'list.json'), '[]');
  writeFileSync(path.join(root, 'unknown-type.json'), '{"type":"text"}');
  writeFileSync(path.join(root, 'misspelt.json'), '{"propertys":{}}');
  writeFileSync(path.join(root, 'elsewhere.json'), '{"$ref":"https://example.com/schema.json"}');
  writeFileSync(path.join(root, 'asynchronous.json'), '{"$async":true,"type":"object"}');
  writeFileSync(path.join(root, 'draft.json'), '{"$schema":"http://json-schema.org/draft-04/schema#"}');
  const schemaOf = (file: string) =>
    issuesOf(`name: n\nsources:\n  x: { provider: acme, forward: { queue: true }, payloadSchema: "${file}" }\n`);

  test('that compile are taken', () => expect(schemaOf('good.json')).toEqual([]));

  test.each<[string, string]>([
    ['gone.json', 'does not exist'],
    [path.join(root, 'good.json'), 'must lie inside the project, written relative to its root'],
    [`src/out/${path.basename(outside)}`, 'leads out of the project'],
    ['not-json.json', 'is not JSON: '],
    ['list.json', 'is no JSON Schema: it must be an object'],
    ['unknown-type.json', 'is no usable JSON Schema: '],
    ['misspelt.json', 'unknown keyword: "propertys"'],
    ['elsewhere.json', "can't resolve reference https://example.com/schema.json"],
    ['asynchronous.json', 'is asynchronous'],
    ['draft.json', 'no schema with key or ref "http://json-schema.org/draft-04/schema#"'],
  ])('%s', (file, expected) => {
    const [issue = '', ...others] = schemaOf(file);
    expect(others).toEqual([]);
    expect(issue).toContain(`w.yaml:3:65: payloadSchema "${file}" `);
    expect(issue).toContain(expected);
  });

  test('do nothing without a consumer, and that is said', () => {
    expect(issuesOf('name: n\nsources:\n  x: { provider: acme, payloadSchema: good.json }\n')).toEqual([
      expect.stringContaining('"payloadSchema" has no effect'),
    ]);
  });
});

describe('paths', () => {
  test.each(['/', '/x/', 'x', '/x?y', '/{proxy+}', '/x y', '//x', '/é'])('"%s" is not one', (given) => {
    expect(withSettings(`path: "${given}"`)).toEqual([
      `w.yaml:4:11: path "${given}" must start with "/", not end with it, and consist of letters, digits and . _ ~ -`,
    ]);
  });

  test.each(['/x', '/a/b-c/d.e_f~g', '/ping/x', '/X'])('%s is one', (given) => {
    expect(withSettings(`path: ${given}`)).toEqual([]);
  });
});

describe('ids of sources', () => {
  const long = 'a'.repeat(70);

  test.each<[string, string[], string[]]>([
    [
      'upper case and underscores, and two that share a secret',
      ['my-app', 'my_app'],
      [
        'w.yaml:4:3: source id "my_app" must be lower-case letters and digits, in words joined by single hyphens',
        'w.yaml:4:3: sources "my-app" and "my_app" would share the secret MY_APP_WEBHOOK_SECRET; rename one',
      ],
    ],
    [
      'a queue’s name beyond 80 characters',
      [long],
      [
        `w.yaml:3:3: source id "${long}" is too long: the queue name n-${long}-verified has 81 characters, SQS takes 80`,
      ],
    ],
    [
      'a dead-letter queue’s name',
      ['x', 'x-dlq'],
      ['w.yaml:4:3: source id "x-dlq" collides with a queue of the source "x"; choose another'],
    ],
    [
      'a verified queue’s name, before its source',
      ['x-verified', 'x'],
      ['w.yaml:3:3: source id "x-verified" collides with a queue of the source "x"; choose another'],
    ],
    [
      'names that CloudFormation cannot tell apart',
      ['a-1', 'a1'],
      [
        'w.yaml:4:3: sources "a-1" and "a1" differ in hyphens alone, which CloudFormation’s names leave out; rename one',
      ],
    ],
  ])('%s', (_title, ids, expected) => {
    expect(withSources(...ids)).toEqual(expected);
  });

  test.each(['a'.repeat(69), 'x-dlq', 'constructor', 'a-1-b'])('takes %s', (id) => {
    expect(withSources(id)).toEqual([]);
  });
});

describe('the top level', () => {
  test.each<[string, string]>([
    [
      'domain: { name: hooks.example.org, hostedZone: { id: Z1, name: example.com } }',
      'w.yaml:2:17: "hooks.example.org" does not lie in the hosted zone "example.com"',
    ],
    [
      'domain: { name: badexample.com, hostedZone: { id: Z1, name: example.com } }',
      'w.yaml:2:17: "badexample.com" does not lie in the hosted zone "example.com"',
    ],
    ['domain: { name: a.example.com }', 'w.yaml:2:1: "domain" needs the key "hostedZone"'],
    [
      'cors: { allowOrigins: ["*"], allowCredentials: true }',
      'w.yaml:2:48: credentials cannot be allowed to every origin; name the origins, or write "https://*"',
    ],
    ['cors: { allowOrigins: ["*"], maxAge: 25h }', 'w.yaml:2:38: maxAge must be 24h at most, not 25h'],
    [
      'cors: { allowOrigins: [example.com] }',
      'w.yaml:2:24: entry 1 of "allowOrigins" does not fit: it must match ^(\\*|https?://[^\\s/]+)$',
    ],
    ['sink: {}', 'w.yaml:2:1: unknown key "sink"; known are name, domain, cors, defaults, providers, sources'],
    ['provders: {}', 'w.yaml:2:1: unknown key "provders"; did you mean "providers"?'],
  ])('%s', (line, expected) => {
    expect(issuesOf(`name: n\n${line}\nsources:\n  x: { provider: acme }\n`)).toEqual([expected]);
  });

  test('takes a domain inside its zone', () => {
    expect(
      issuesOf(
        'name: n\ndomain: { name: example.com, hostedZone: { id: Z1, name: example.com } }\nsources:\n  x: { provider: acme }\n',
      ),
    ).toEqual([]);
  });
});

test('what a provider sends but once cannot be remembered for as long as it sends again', () => {
  const text = (deduplicate: string) =>
    `name: n\nsources:\n  x:\n    provider: once\n    forward: { queue: true }\n    deduplicate: ${deduplicate}\n`;
  expect(issuesOf(text('true'))).toEqual([
    'w.yaml:6:18: Once does not send again by itself, so nothing would be remembered; say for how long, such as deduplicate: 3d',
  ]);
  expect(issuesOf(text('3d'))).toEqual([]);
});
