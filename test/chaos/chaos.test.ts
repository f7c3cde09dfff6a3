import { describe, expect, test } from 'vitest';
import { runOnce } from './run-scenario.ts';
import { scenarios } from './scenarios/index.ts';

/** The suite in short, so that it cannot rot; `npm run test:chaos` is the whole of it. */
describe.concurrent('each scenario holds, in its short form', () => {
  test.for(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    // Five run at once, of which the longest takes a third of this on a machine in its slowest hour.
    { timeout: 180_000 },
    async ([, scenario], { skip, expect }) => {
      const unable = scenario.unable?.();
      if (unable !== undefined) skip(unable);
      for (let seed = 1; seed <= (scenario.shortRuns ?? 1); seed++) {
        const { problems, counts } = await runOnce(scenario, seed, { short: true });
        expect(problems).toEqual([]);
        expect(Object.keys(counts)).not.toEqual([]);
      }
    },
  );
});

test('the scenarios have names of their own', () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
