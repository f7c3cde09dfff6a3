import { afterAll, expect, test } from 'vitest';
import { TestProject } from '../e2e/platform-process.ts';
import { StandInPlatform } from './stand-in-platform.ts';

const answers = [
  { status: 503, body: '{"error":"too many pages and commands listen already; close some"}' },
  { status: 500, body: '<html>' },
];
let answer = answers[0]!;
const platform = new StandInPlatform((_asked, response) => response.writeHead(answer.status).end(answer.body));
const project = new TestProject('  github: { provider: github }\n');
await platform.start();
afterAll(() => {
  platform.stop();
  project.remove();
});

test.each(answers)('tail ends with 1 where the platform answers %j: it was not called wrongly', async (each) => {
  answer = each;
  const { code, stderr } = await project.cli(['tail', '--data', platform.data]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^hookport: (too many pages and commands listen already; close some|the platform answered 500)\n$/,
  );
});
