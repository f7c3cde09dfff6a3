import { type PlatformProcess, TestProject } from '../../e2e/platform-process.ts';
import type { Findings, Run } from '../scenario.ts';
import { secret } from './senders.ts';

export interface RigOptions {
  /** A file in `test/fixtures/handlers` that writes the id of each delivery into EFFECTS_FILE. @default note-effects.ts */
  handler?: string;
  /** More lines of the source in the configuration, in YAML's flow style. */
  settings?: string;
  env?: Record<string, string>;
}

/** One source, `github`, in a folder of its own, for a platform that is killed and started again. */
export interface Rig {
  project: TestProject;
  /** How many deliveries a consumer may have in hand at once: so many may run twice because of one kill. */
  inHandAtMost: number;
  start(env?: Record<string, string>): Promise<PlatformProcess>;
  /** Waits until the source's queue is empty. */
  drain(platform: PlatformProcess): Promise<void>;
  /** What the handler did, delivery by delivery. */
  effects(): string[];
}

const concurrency = 10;

export function createRig(run: Run, { handler = 'note-effects.ts', settings, env = {} }: RigOptions = {}): Rig {
  const more = settings === undefined ? '' : `, ${settings}`;
  const project = new TestProject(
    `  github: { provider: github, handler: test/fixtures/handlers/${handler}, concurrency: ${concurrency}, ` +
      `throttle: { rate: 10000, burst: 5000 }${more} }\n`,
  );
  run.onEnd(() => project.remove());
  return {
    project,
    inHandAtMost: concurrency,
    async start(more = {}) {
      const effects = { EFFECTS_FILE: project.file('effects') };
      const platform = await project.start({ GITHUB_WEBHOOK_SECRET: secret, ...effects, ...env, ...more });
      run.onEnd(() => platform.kill());
      return platform;
    },
    async drain(platform) {
      await platform.until('github', ({ queue }) => queue.waiting + queue.inFlight === 0, 120_000);
    },
    effects: () => project.lines('effects'),
  };
}

/**
 * Whether each acknowledged delivery was handled, and how many were more than once.
 *
 * @param mayRepeat how many at most may have run again
 */
export function judge(acknowledged: readonly string[], effects: readonly string[], mayRepeat: number): Findings {
  const handled = new Set(effects);
  const lost = acknowledged.filter((id) => !handled.has(id));
  const again = effects.length - handled.size;
  const problems: string[] = [];
  if (lost.length > 0) problems.push(`acknowledged and lost: ${lost.length}, such as ${lost.slice(0, 5).join(' ')}`);
  if (again > mayRepeat) problems.push(`${again} handled again, of ${mayRepeat} that may be`);
  return { counts: { acknowledged: acknowledged.length, lost: lost.length, 'handled again': again }, problems };
}
