import { type PlatformProcess, TestProject } from '../../e2e/platform-process.ts';
import type { Run } from '../scenario.ts';

/** A source that nobody consumes: what was accepted can be counted. Its route is `/raw`. */
export async function startWithRawQueue(run: Run): Promise<PlatformProcess> {
  const project = new TestProject('  raw: { provider: github, throttle: { rate: 10000, burst: 5000 } }\n');
  run.onEnd(() => project.remove());
  const platform = await project.start({ RAW_WEBHOOK_SECRET: 'unused' });
  run.onEnd(() => platform.kill());
  return platform;
}
