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

test('a source that forwards has a consumer and a queue for what was verified', () => {
  const [source] = planOf('  github: { provider: github, forward: { queue: true } }\n').sources;
  expect(source).toMatchObject({
    verifiedQueue: { name: 'acme-github-verified' },
    consumer: { forward: { queue: 'acme-github-verified' }, concurrency: 10, timeoutSeconds: 30 },
  });
});

test('the visibility timeout covers six runs of the function', () => {
  const [source] = planOf('  github: { provider: github, forward: { queue: true }, timeout: 100s }\n').sources;
  expect(source?.queue.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * 100);
});

test('deduplicate: true remembers for as long as the provider sends again', () => {
  const [source] = planOf('  github: { provider: github, forward: { queue: true }, deduplicate: true }\n').sources;
  expect(source?.consumer?.deduplicate).toEqual({ keepSeconds: catalogue.get('github')?.retry.horizonSeconds });
});

test('other sources, and their order, change nothing about a source', () => {
  const alone = planOf('  github: { provider: github }\n').sources[0];
  const among = planOf('  z: { provider: zendesk }\n  github: { provider: github }\n').sources[1];
  expect(among).toEqual(alone);
});
