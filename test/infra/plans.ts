import { requestParameters } from '../../src/delivery/wire.ts';
import type { Plan, SourcePlan, WorkerPlan } from '../../src/plan/plan.ts';

/** A source's plan as `makePlan` would make it, for tests that need no YAML. */
export function sourcePlan(id: string, overrides: Partial<SourcePlan> = {}): SourcePlan {
  const name = `acme-webhooks-${id}`;
  const kib = 1024;
  return {
    id,
    provider: 'github',
    route: {
      key: `POST /${id}`,
      method: 'POST',
      path: `/${id}`,
      throttle: { rate: 1000, burst: 2000 },
      requestParameters: requestParameters({
        headers: { 'x-github-event': 'always', 'x-hub-signature-256': 'always', 'x-rare': 'sometimes' },
      }),
    },
    queue: {
      name,
      retentionSeconds: 7 * 86_400,
      visibilityTimeoutSeconds: 270,
      maxMessageBytes: 1024 * kib - 4 * kib,
      receiveWaitSeconds: 20,
      redrive: { deadLetterQueue: `${name}-dlq`, maxReceiveCount: 5 },
    },
    deadLetterQueue: {
      name: `${name}-dlq`,
      retentionSeconds: 14 * 86_400,
      visibilityTimeoutSeconds: 30,
      maxMessageBytes: 1024 * kib,
      receiveWaitSeconds: 20,
    },
    consumer: {
      handler: `src/handlers/${id}.ts`,
      concurrency: 10,
      timeoutSeconds: 30,
      batch: { size: 1, windowSeconds: 0 },
      maxReceiveCount: 5,
      onRejected: 'deadLetter',
    },
    ...(!overrides.unsigned && { secret: { name: `acme-webhooks/${id}`, existing: false } }),
    ...overrides,
  };
}

export function planOf(...sources: SourcePlan[]): Plan {
  return { name: 'acme-webhooks', sources };
}

/** Everything switched on. */
export function fullPlan(): Plan {
  const zendesk = sourcePlan('zendesk');
  delete zendesk.consumer;
  const github = sourcePlan('github');
  return {
    ...planOf(
      {
        ...github,
        consumer: {
          ...github.consumer!,
          batch: { size: 10, windowSeconds: 5 },
          deduplicate: { keepSeconds: 3 * 86_400 },
          forward: {
            queue: 'acme-webhooks-github-verified',
            http: {
              url: 'https://inside.example.com/hooks',
              timeoutSeconds: 10,
              secret: { name: 'acme-webhooks/github/forward', existing: false },
            },
            eventBus: 'acme-bus',
          },
          function: {
            memoryMiB: 1024,
            environment: { TABLE: 'readings' },
            policies: ['CloudWatchReadOnlyAccess', 'arn:aws:iam::123456789012:policy/mine'],
            vpc: {
              subnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
              securityGroupIds: ['sg-0a1b2c3d4e5f60718'],
            },
          },
        },
        queue: { ...github.queue, visibilityTimeoutSeconds: 6 * 415 },
        verifiedQueue: { ...github.deadLetterQueue, name: 'acme-webhooks-github-verified' },
        alarms: { email: 'oncall@example.com' },
        expectEverySeconds: 6 * 3600,
      },
      sourcePlan('paddle', { secret: { name: 'shared/paddle', existing: true } }),
      zendesk,
    ),
    cors: {
      allowOrigins: ['https://app.example.com'],
      allowMethods: ['POST'],
      allowHeaders: ['authorization', 'content-type'],
      allowCredentials: true,
      maxAgeSeconds: 3600,
    },
    domain: { name: 'hooks.example.com', hostedZone: { id: 'Z0123456789ABC', name: 'example.com' }, exclusive: true },
  };
}

/** A source whose handler runs in containers, in a VPC of one's own, and one that a small VPC of the stack serves. */
export function workerPlan(): Plan {
  const worker: WorkerPlan = {
    cpuUnits: 512,
    memoryMiB: 1024,
    architecture: 'arm64',
    tasks: { min: 0, max: 6 },
    stopTimeoutSeconds: 120,
    outlastsStop: true,
    environment: { TABLE: 'readings' },
    vpc: { subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'], publicIp: false },
  };
  const source = (id: string, plan: WorkerPlan) => {
    const plain = sourcePlan(id);
    return { ...plain, consumer: { ...plain.consumer!, timeoutSeconds: 7200, worker: plan } };
  };
  const { vpc: _own, ...anywhere } = worker;
  const exports = source('exports', worker);
  return planOf(
    { ...exports, consumer: { ...exports.consumer, deduplicate: { keepSeconds: 86_400 } } },
    source('videos', { ...anywhere, architecture: 'x86_64', stopTimeoutSeconds: 45, outlastsStop: false }),
    sourcePlan('github'),
  );
}

/** Tokens at the entrance: two sources share an authorizer whatever their scopes, one has its own, one has none. */
export function authorizedPlan(): Plan {
  const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc';
  const source = (id: string, audience: string[], scopes: string[]) => {
    const plain = sourcePlan(id, { provider: 'json', unsigned: true });
    return { ...plain, route: { ...plain.route, authorize: { jwt: { issuer, audience, scopes } } } };
  };
  return planOf(
    source('logs', ['web', 'app'], ['logs/write', 'logs/admin']),
    source('readings', ['app', 'web'], []),
    source('sensors', ['sensors'], []),
    sourcePlan('github'),
  );
}
