import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from '../e2e/platform-process.ts';
import { StandInPlatform } from './stand-in-platform.ts';

/** Ends, as by a kill, when the third is submitted. */
let platform: StandInPlatform;
let submitted: number;
beforeEach(async () => {
  submitted = 0;
  platform = new StandInPlatform((_asked, response) => {
    submitted += 1;
    if (submitted < 3) response.end('{"messageId":"new"}');
    else response.destroy();
  });
  await platform.start();
});
const project = new TestProject('  github: { provider: github }\n');
afterEach(() => platform.stop());
afterAll(() => project.remove());

const ids = ['a', 'b', 'c', 'd', 'e'];

test('a replay that the end of the platform breaks off says how many it has submitted', async () => {
  const { code, stdout, stderr } = await project.cli(['replay', ...ids, '--data', platform.data]);
  expect(code).toBe(1);
  expect(stdout).toBe('2 of 5 submitted again. What becomes of them: hookport tail\n');
  expect(stderr).toMatch(/^hookport: the platform at \S+ does not answer\n$/);
  expect(submitted).toBe(3);
});

test('and which, as JSON', async () => {
  const { code, stdout } = await project.cli(['replay', ...ids, '--json', '--data', platform.data]);
  expect(code).toBe(1);
  const error = expect.stringContaining('does not answer') as unknown;
  expect(JSON.parse(stdout)).toEqual([
    { id: 'a', ok: true, messageId: 'new' },
    { id: 'b', ok: true, messageId: 'new' },
    ...['c', 'd', 'e'].map((id) => ({ id, ok: false, error })),
  ]);
});
