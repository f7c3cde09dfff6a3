import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from '../e2e/platform-process.ts';
import { hookportInTerminal } from './aws/run.ts';
import { hasScript } from './project-copy.ts';
import { StandInPlatform } from './stand-in-platform.ts';

const asOf = '2026-01-02T03:04:05.678Z';
/** What its dry runs find. */
let resting: number;
let platform: StandInPlatform;
beforeEach(async () => {
  platform = new StandInPlatform((_asked, response) =>
    response.end(JSON.stringify({ deleted: resting, notSelected: 0, newer: 0, failed: 0, asOf })),
  );
  await platform.start();
});
afterEach(() => platform.stop());

const project = new TestProject('  github: { provider: github }\n');
afterAll(() => project.remove());

test('a purge that found nothing to ask about deletes nothing', async () => {
  resting = 0;
  const { code, stdout } = await project.cli(['dlq', 'purge', 'github', '--all', '--data', platform.data]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'dead letters of github\n  deleted  0\n' });
  expect(platform.asked.map(({ body }) => body)).toEqual([{ source: 'github', all: true, dryRun: true }]);
});

test.skipIf(!hasScript)(
  'a purge deletes what it asked about, and nothing that came in until the answer (skipped without util-linux’s script)',
  async () => {
    resting = 3;
    const purge = ['dlq', 'purge', 'github', '--reason', 'rejected'];
    const { code } = await hookportInTerminal([...purge, '--config', project.config, '--data', platform.data], {}, [
      { question: 'Delete 3 dead letters of github for good?', answer: 'y' },
    ]);
    expect(code).toBe(0);
    const body = { source: 'github', reason: 'rejected' };
    expect(platform.asked.map((each) => each.body)).toEqual([
      { ...body, dryRun: true },
      { ...body, dryRun: false, asOf },
    ]);
  },
);
