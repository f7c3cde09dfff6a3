import { describe, expect, test } from 'vitest';
import { createRulesProject } from './project.ts';

const { issuesOf, withSettings } = createRulesProject();

const hexIds = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index.toString(16)}`).join(', ');

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
    [
      'tolerance: 1d, deduplicate: 47h',
      'w.yaml:4:33: 47h is shorter than a copy of a request is taken for, 2d (twice the tolerance); whoever caught one could have it handled twice',
    ],
    ['deduplicate: 0s', 'w.yaml:4:18: deduplicate must be 1s or more; to remember nothing, write false'],
    ['deduplicate: 366d', 'w.yaml:4:18: deduplicate must be 365d at most, not 366d'],
    ['expectEvery: 4m', 'w.yaml:4:18: expectEvery must lie between 5m and 7d, not 4m'],
    ['expectEvery: 8d', 'w.yaml:4:18: expectEvery must lie between 5m and 7d, not 8d'],
    ['alarms: { email: nobody }', 'w.yaml:4:22: "email" does not fit: Gets the alarms of this source'],
    ['events: []', 'w.yaml:4:13: "events" is empty; it needs at least one entry'],
    [
      "events: [a, 'payment.*']",
      'w.yaml:4:17: "payment.*" is no event type: `events` knows no wildcards; write each type out, or choose in the handler',
    ],
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
    ['function: { environment: { X: a } }', 'w.yaml:4:32: "X" is too short: Lambda takes names of two letters or more'],
    [
      `function: { environment: { LIST: ${'abcd'.repeat(930)} } }`,
      'w.yaml:4:17: "environment" comes to 4103 bytes for "x", as Lambda counts them with the variables of Hookport, and Lambda takes 4096; let the handler import a file of its own',
    ],
    [
      `function: { environment: { LIST: '${'{"a":1},'.repeat(375)}' } }`,
      'w.yaml:4:17: "environment" comes to 4133 bytes for "x", as Lambda counts them with the variables of Hookport, and Lambda takes 4096; let the handler import a file of its own',
    ],
    [
      'function: { environment: { KEY: whsec_AAAA } }',
      'w.yaml:4:37: "KEY" looks like a secret’s value, which must not stand in the YAML; let the handler read it from Secrets Manager',
    ],
    [
      'function: { environment: { AWS_LAMBDA_FUNCTION_NAME: a } }',
      'w.yaml:4:32: Lambda sets "AWS_LAMBDA_FUNCTION_NAME" itself; choose another name',
    ],
    ...(['function', 'consumer: worker, worker'] as const).flatMap((key): [string, string][] => [
      [
        `${key}: { policies: ["arn:aws:iam:123456789012:policy/mine"] }`,
        `w.yaml:4:${key.length + 20}: entry 1 of "policies" does not fit: Such as AmazonS3ReadOnlyAccess, or arn:aws:iam::123456789012:policy/mine`,
      ],
      [
        `${key}: { policies: [AmazonS3ReadOnlyAccess, "mine and yours"] }`,
        `w.yaml:4:${key.length + 44}: entry 2 of "policies" does not fit: Such as AmazonS3ReadOnlyAccess, or arn:aws:iam::123456789012:policy/mine`,
      ],
      [
        `${key}: { vpc: { subnetIds: [${hexIds('subnet', 17)}], securityGroupIds: [sg-1] } }`,
        `w.yaml:4:${key.length + 27}: "subnetIds" must have 16 entries at most`,
      ],
      [
        `${key}: { vpc: { subnetIds: [subnet-1], securityGroupIds: [${hexIds('sg', 6)}] } }`,
        `w.yaml:4:${key.length + 57}: "securityGroupIds" must have 5 entries at most`,
      ],
    ]),
    ['function: { vpc: { subnetIds: [subnet-1] } }', 'w.yaml:4:17: "vpc" needs the key "securityGroupIds"'],
    [
      'publicUrl: "https://user:hunter2@hooks.example.com/x"',
      'w.yaml:4:16: a URL with a user or password must not stand in the YAML; write it without them',
    ],
    [
      'publicUrl: "https://["',
      'w.yaml:4:16: publicUrl is no URL; write it exactly as it stands at the provider, such as https://hooks.example.com/github',
    ],
    [
      'publicUrl: "https:///x"',
      'w.yaml:4:16: publicUrl is no URL; write it exactly as it stands at the provider, such as https://hooks.example.com/github',
    ],
    [
      'publicUrl: "https://a.example:99999/x"',
      'w.yaml:4:16: publicUrl is no URL; write it exactly as it stands at the provider, such as https://hooks.example.com/github',
    ],
    [
      'publicUrl: "https://a%zz.example/x"',
      'w.yaml:4:16: publicUrl is no URL; write it exactly as it stands at the provider, such as https://hooks.example.com/github',
    ],
    [
      'publicUrl: "https://a.example\\\\x"',
      'w.yaml:4:16: publicUrl is no URL; write it exactly as it stands at the provider, such as https://hooks.example.com/github',
    ],
    [
      'publicUrl: "https://?x"',
      'w.yaml:4:16: publicUrl is no URL; write it exactly as it stands at the provider, such as https://hooks.example.com/github',
    ],
    [
      'publicUrl: "https://a.example/x#y"',
      'w.yaml:4:16: publicUrl has a part from "#" on, which no request carries; write it without',
    ],
    [
      'publicUrl: "https://bücher.example/x"',
      'w.yaml:4:16: publicUrl has a host with letters beyond ASCII, under which nobody is called; write xn--bcher-kva.example, here and at the provider',
    ],
    [
      'publicUrl: "https://a.example/x "',
      'w.yaml:4:16: "publicUrl" does not fit: The URL exactly as you typed it at the provider; for providers that sign it',
    ],
    ['secret: 12345', 'w.yaml:4:13: "secret" must be text'],
    ['token: abc', 'w.yaml:4:5: unknown key "token"; secrets never stand in this file, see `secret`'],
    ['secretValue: abc', 'w.yaml:4:5: unknown key "secretValue"; secrets never stand in this file, see `secret`'],
    ['secrets: abc', 'w.yaml:4:5: unknown key "secrets"; did you mean "secret"?'],
  ])('%s', (setting, expected) => {
    expect(withSettings(setting)).toEqual([expected]);
  });

  test.each(['queue: { retention: 30m }', 'queue: { maxReceiveCount: 150 }'])(
    'are refused where SQS would delete a delivery that fails before its last attempt, and so before the dead-letter queue: %s',
    (setting) => {
      expect(withSettings(setting)).toEqual([expect.stringContaining('before it comes into the dead-letter queue')]);
    },
  );

  test('of a source that is consumed elsewhere may keep deliveries for any time: who knows when it tries again', () => {
    expect(issuesOf('name: n\nsources:\n  x: { provider: acme, queue: { retention: 30m } }\n')).toEqual([]);
  });

  test.each([
    'concurrency: 2',
    'timeout: 885s',
    'batch: { size: 10 }',
    'batch: { size: 29, window: 1s }',
    'queue: { retention: 60s, maxReceiveCount: 1 }, deadLetter: { retention: 61s }',
    'queue: { retention: 1h }',
    'queue: { maxReceiveCount: 140 }',
    'throttle: { rate: 0.5, burst: 1 }',
    'tolerance: 1d',
    'deduplicate: 1d',
    'deduplicate: true',
    'function: { memory: 10GiB, environment: { TABLE: readings } }',
    `function: { environment: { LIST: ${'abcd'.repeat(900)} } }`,
    'function: { vpc: { subnetIds: [subnet-1], securityGroupIds: [sg-1] } }',
    `function: { vpc: { subnetIds: [${hexIds('subnet', 16)}], securityGroupIds: [${hexIds('sg', 5)}] } }`,
    'function: { environment: { AWS_LAMBDA_EXEC_WRAPPER: /opt/otel-handler } }',
    'function: { policies: [service-role/AWSLambdaENIManagementAccess, "arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess", "arn:aws:iam::123456789012:policy/a/b+c=d,e.f@g_h-i"] }',
    'publicUrl: "https://hooks.example.com/x?a=b@c"',
    'publicUrl: "https://Hooks.Example.com:8443"',
    'publicUrl: "http://127.0.0.1:8080/x%20y"',
    'publicUrl: "https://[::1]/x"',
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

test('what a provider sends but once cannot be remembered for as long as it sends again', () => {
  const text = (deduplicate: string) =>
    `name: n\nsources:\n  x:\n    provider: once\n    forward: { queue: true }\n    deduplicate: ${deduplicate}\n`;
  expect(issuesOf(text('true'))).toEqual([
    'w.yaml:6:18: Once does not send again by itself, so nothing would be remembered; say for how long, such as deduplicate: 3d',
  ]);
  expect(issuesOf(text('3d'))).toEqual([]);
});
