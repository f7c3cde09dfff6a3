import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { loadProject } from '../../../src/cli/project.ts';
import { type PlatformProcess, TestProject } from '../../e2e/platform-process.ts';
import { sqsClient } from '../../queue/fauxqs.ts';
import type { Findings, Run } from '../scenario.ts';
import { endSegmentSoon } from './end-segment-soon.ts';
import { secret } from './senders.ts';

export interface RigOptions {
  /** A file in `test/fixtures/handlers` that writes the id of each delivery into EFFECTS_FILE; null for none. @default note-effects.ts */
  handler?: string | null;
  /** More lines of the source in the configuration, in YAML's flow style. */
  settings?: string;
  /** @default 10 */
  concurrency?: number;
}

/**
 * One source, `github`, in a folder of its own, for a platform that is killed and started again. Its intake log comes to the end of
 * a segment early on.
 */
export interface Rig {
  project: TestProject;
  /** The environment of every start. */
  env: Readonly<Record<string, string>>;
  start(env?: Record<string, string>): Promise<PlatformProcess>;
  /** Waits until the source's queue is empty. @param timeoutMs @default 4 minutes */
  drain(platform: PlatformProcess, timeoutMs?: number): Promise<void>;
  /** What the handler did, delivery by delivery. */
  effects(): string[];
}

export function createRig(run: Run, options: RigOptions = {}): Rig {
  const { handler = 'note-effects.ts', settings, concurrency = 10 } = options;
  const parts = [
    'provider: github',
    ...(handler === null ? [] : [`handler: test/fixtures/handlers/${handler}`]),
    // Without one of these nothing here consumes the source.
    ...(handler === null && settings === undefined ? [] : [`concurrency: ${concurrency}`]),
    'throttle: { rate: 10000, burst: 5000 }',
    ...(settings === undefined ? [] : [settings]),
  ];
  const project = new TestProject(`  github: { ${parts.join(', ')} }\n`);
  run.onEnd(() => project.remove());
  const env = { GITHUB_WEBHOOK_SECRET: secret, EFFECTS_FILE: project.file('effects') };
  return {
    project,
    env,
    async start(more = {}) {
      if (!existsSync(project.data)) {
        const { plan } = await loadProject({ config: project.config });
        endSegmentSoon(project.data, plan, run.random.integer(1, 400_000));
      }
      const platform = await project.start({ ...env, ...more });
      run.onEnd(() => platform.kill());
      return platform;
    },
    async drain(platform, timeoutMs = 240_000) {
      await platform.until('github', ({ queue }) => queue.waiting + queue.inFlight === 0, timeoutMs);
    },
    effects: () => project.lines('effects'),
  };
}

/** How long a message of the source stays invisible after a receive, as its queue has it. */
export async function visibilitySeconds({ sqs }: PlatformProcess): Promise<number> {
  const client = sqsClient(sqs);
  const command = new GetQueueAttributesCommand({
    QueueUrl: `${sqs}/000000000000/e2e-github`,
    AttributeNames: ['VisibilityTimeout'],
  });
  const { Attributes } = await client.send(command).finally(() => client.destroy());
  return Number(Attributes?.VisibilityTimeout);
}

/** Resolves when the process is gone, whoever ended it. */
export async function gone({ child }: Pick<PlatformProcess, 'child'>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Ids of the source's dead letters, at most 1000, with the reasons for which they rest. */
export async function deadLetters({ api }: PlatformProcess): Promise<{ deliveryId: string; reason: string }[]> {
  const response = await fetch(`${api}/dead-letters?source=github&limit=1000`);
  return response.json() as Promise<{ deliveryId: string; reason: string }[]>;
}

/**
 * Whether each acknowledged delivery was handled, and how many were more than once.
 *
 * @param mayRepeat how many at most may have run again
 * @param resting ids that are still in the dead-letter queue: not lost
 */
export function judge(
  acknowledged: readonly string[],
  effects: readonly string[],
  mayRepeat: number,
  resting: readonly string[] = [],
): Findings {
  const handled = new Set(effects);
  const kept = new Set([...effects, ...resting]);
  const lost = acknowledged.filter((id) => !kept.has(id));
  const again = effects.length - handled.size;
  const problems: string[] = [];
  if (lost.length > 0) problems.push(`acknowledged and lost: ${lost.length}, such as ${lost.slice(0, 5).join(' ')}`);
  if (again > mayRepeat) problems.push(`${again} handled again, of ${mayRepeat} that may be`);
  return { counts: { acknowledged: acknowledged.length, lost: lost.length, 'handled again': again }, problems };
}
