import { expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { parseConfig } from '../../src/config/load.ts';
import { makePlan } from '../../src/plan/make-plan.ts';

function planOf(sources: string) {
  const loaded = parseConfig('w.yaml', `name: acme\nsources:\n${sources}`, { catalogue, root: import.meta.dirname });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return makePlan(loaded.config, catalogue);
}

test('a source becomes a route, a queue and a dead-letter queue that holds a reason beside the largest message', () => {
  const [source] = planOf('  github: { provider: github }\n').sources;
  expect(source).toMatchObject({
    route: { key: 'POST /github', throttle: { rate: 1000, burst: 2000 } },
    queue: {
      name: 'acme-github',
      maxMessageBytes: 1_044_480,
      retentionSeconds: 604_800,
      redrive: { deadLetterQueue: 'acme-github-dlq', maxReceiveCount: 5 },
    },
    deadLetterQueue: { name: 'acme-github-dlq', maxMessageBytes: 1_048_576, retentionSeconds: 1_209_600 },
    secret: { name: 'acme/github', existing: false },
  });
  expect(source).not.toHaveProperty('consumer');
  expect(source).not.toHaveProperty('verifiedQueue');
});

test('the URL that a provider signs is known also where the queue is consumed from outside: a redrive verifies there too', () => {
  const url = 'https://hooks.example.com/sms';
  const [source] = planOf(`  sms: { provider: twilio, publicUrl: "${url}" }\n`).sources;
  expect(source).toMatchObject({ publicUrl: url });
  expect(source).not.toHaveProperty('consumer');
});

test('a source that forwards has a consumer and a queue for what was verified', () => {
  const [source] = planOf('  github: { provider: github, forward: { queue: true } }\n').sources;
  expect(source).toMatchObject({
    verifiedQueue: { name: 'acme-github-verified' },
    consumer: { forward: { queue: 'acme-github-verified' }, concurrency: 10, timeoutSeconds: 30 },
  });
});

test.each([
  ['timeout: 100s', 6 * (100 + 15)],
  ['timeout: 30s, batch: { size: 10 }', 6 * (300 + 15)],
  ['timeout: 1s, batch: { size: 100, window: 5m }', 6 * (100 + 15) + 300],
  ['timeout: 885s, batch: { window: 5m }', 6 * 900 + 300],
])('with %s a message stays invisible for six runs of the function and the window', (settings, seconds) => {
  const [source] = planOf(`  github: { provider: github, forward: { queue: true }, ${settings} }\n`).sources;
  expect(source?.queue.visibilityTimeoutSeconds).toBe(seconds);
});

test.each([
  ['timeout: 2h', 2 * (7200 + 15)],
  ['timeout: 10m, batch: { size: 3, window: 5m }', 2 * (1800 + 15) + 300],
  ['timeout: 1s', 120],
  ['timeout: 6h', 43_200],
])('with %s in a worker it stays so for two runs and the window, 12 hours at most', (settings, seconds) => {
  const worker = `consumer: worker, ${settings}`;
  const [source] = planOf(`  github: { provider: github, forward: { queue: true }, ${worker} }\n`).sources;
  expect(source?.queue.visibilityTimeoutSeconds).toBe(seconds);
});

test('every setting of the configuration reaches the Plan', () => {
  const loaded = parseConfig(
    'w.yaml',
    `name: acme
domain: { name: hooks.example.com, hostedZone: { id: Z1, name: example.com }, exclusive: true }
cors: { allowOrigins: ["https://app.example.com"], allowHeaders: [Authorization], maxAge: 1h }
sources:
  github:
    provider: github
    path: /in/github
    secret: shared/github
    forward: { queue: true }
    events: [push]
    batch: { size: 10, window: 5s }
    concurrency: 3
    timeout: 20s
    queue: { retention: 1d, maxReceiveCount: 7 }
    deadLetter: { retention: 10d }
    throttle: { rate: 5, burst: 6 }
    deduplicate: 4d
    onRejected: drop
    expectEvery: 6h
    alarms: { email: oncall@example.com }
    function: { memory: 1GiB, environment: { TABLE: t }, policies: [p], vpc: { subnetIds: [subnet-1], securityGroupIds: [sg-1] } }
  paddle: { provider: paddle, forward: { queue: true }, tolerance: 1m }
`,
    { catalogue, root: import.meta.dirname },
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const plan = makePlan(loaded.config, catalogue);
  expect(plan).toMatchObject({
    domain: { name: 'hooks.example.com', hostedZone: { id: 'Z1', name: 'example.com' }, exclusive: true },
    cors: {
      allowOrigins: ['https://app.example.com'],
      allowMethods: ['POST'],
      allowHeaders: ['authorization'],
      maxAgeSeconds: 3600,
    },
  });
  expect(plan.sources[0]).toMatchObject({
    route: { key: 'POST /in/github', path: '/in/github', throttle: { rate: 5, burst: 6 } },
    queue: { retentionSeconds: 86_400, redrive: { maxReceiveCount: 7 } },
    deadLetterQueue: { retentionSeconds: 864_000 },
    verifiedQueue: { name: 'acme-github-verified', maxMessageBytes: 1_048_576 },
    secret: { name: 'shared/github', existing: true },
    expectEverySeconds: 21_600,
    alarms: { email: 'oncall@example.com' },
    consumer: {
      events: ['push'],
      batch: { size: 10, windowSeconds: 5 },
      concurrency: 3,
      timeoutSeconds: 20,
      forward: { queue: 'acme-github-verified' },
      maxReceiveCount: 7,
      onRejected: 'drop',
      deduplicate: { keepSeconds: 345_600 },
      function: {
        memoryMiB: 1024,
        environment: { TABLE: 't' },
        policies: ['p'],
        vpc: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
      },
    },
  });
  expect(plan.sources[0]?.verifiedQueue).not.toHaveProperty('redrive');
  expect(plan.sources[1]?.consumer).toMatchObject({ toleranceSeconds: 60 });
});

test('deduplicate: true remembers for as long as the provider sends again', () => {
  const [source] = planOf('  github: { provider: github, forward: { queue: true }, deduplicate: true }\n').sources;
  expect(source?.consumer?.deduplicate).toEqual({ keepSeconds: catalogue.get('github')?.retry.horizonSeconds });
  const [ofPaddle] = planOf('  paddle: { provider: paddle, forward: { queue: true }, deduplicate: true }\n').sources;
  expect(ofPaddle?.consumer?.deduplicate).toEqual({ keepSeconds: catalogue.get('paddle')?.retry.horizonSeconds });
});

test('other sources, and their order, change nothing about a source', () => {
  const alone = planOf('  github: { provider: github }\n').sources[0];
  const among = planOf('  z: { provider: zendesk }\n  github: { provider: github }\n').sources[1];
  expect(among).toEqual(alone);
});

test('a source may forward to several places, and time for the HTTP request comes on top of the handler’s', () => {
  const [source] = planOf(
    '  github: { provider: github, forward: { queue: true, http: { url: "https://in.example.com/x", timeout: 20s }, eventBus: bus } }\n',
  ).sources;
  expect(source?.consumer?.forward).toEqual({
    queue: 'acme-github-verified',
    http: {
      url: 'https://in.example.com/x',
      timeoutSeconds: 20,
      secret: { name: 'acme/github/forward', existing: false },
    },
    eventBus: 'bus',
  });
  expect(source?.queue.visibilityTimeoutSeconds).toBe(6 * (30 + 20 + 15));
});

test('a forward over HTTP alone has no second queue, ten seconds, and a secret that may be named', () => {
  const [source] = planOf(
    '  github: { provider: github, forward: { http: { url: "http://in.example.com", secret: shared/inside } } }\n',
  ).sources;
  expect(source?.verifiedQueue).toBeUndefined();
  expect(source?.consumer?.forward).toEqual({
    http: {
      url: 'http://in.example.com',
      timeoutSeconds: 10,
      secret: { name: 'shared/inside', existing: true },
    },
  });
});
