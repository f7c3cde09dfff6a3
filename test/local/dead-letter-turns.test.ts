import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestMachine, type RunningMachine } from './platform-harness.ts';

const number = 120;
let machine: TestMachine;
let running: RunningMachine;
beforeEach(async () => {
  machine = new TestMachine('  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n');
  running = await machine.start();
  // Unsigned, so they are rejected.
  await Promise.all(
    Array.from({ length: number }, () => fetch(`${running.gateway}/github`, { method: 'POST', body: 'a body' })),
  );
  await running.untilResting('github', number);
});
afterEach(async () => {
  await running.stop();
  machine.remove();
});

test('redrives, purges and their dry runs on one source take turns: each counts all that rests', async () => {
  const skipped = { moved: 0, skipped: { missing_signature: number }, notSelected: 0, newer: 0, failed: 0 };
  const all = { source: 'github', all: true };
  const [looked, redriven, wouldPurge] = await Promise.all([
    running.redrive({ source: 'github', dryRun: true }),
    running.redrive({ source: 'github' }),
    running.purge({ ...all, dryRun: true }),
  ]);
  expect(looked).toEqual(skipped);
  expect(redriven).toEqual(skipped);
  expect(wouldPurge).toMatchObject({ deleted: number });
});

test('a purge leaves what came in since the dry run that it is told of', async () => {
  const all = { source: 'github', all: true };
  const { asOf } = (await running.purge({ ...all, dryRun: true })) as { asOf: string };
  await fetch(`${running.gateway}/github`, { method: 'POST', body: 'one more' });
  await running.untilResting('github', number + 1);
  expect(await running.purge({ ...all, asOf })).toMatchObject({ deleted: number, newer: 1 });
  expect(await running.purge({ ...all, asOf: 'yesterday' })).toMatchObject({ error: expect.stringContaining('asOf') });
});
