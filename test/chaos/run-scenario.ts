import { seededRandom } from './random.ts';
import type { Findings, Run, Scenario } from './scenario.ts';

export interface RunResult extends Findings {
  seed: number;
  milliseconds: number;
}

/** Runs a scenario once. Whatever it throws is a problem of the run; what it opened is closed. */
export async function runOnce(
  scenario: Scenario,
  seed: number,
  { short, minutes }: Pick<Run, 'short' | 'minutes'>,
): Promise<RunResult> {
  const began = performance.now();
  const cleanings: (() => Promise<void> | void)[] = [];
  const problems: string[] = [];
  const noteThrown = (error: unknown) =>
    void problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  let found: Pick<Findings, 'counts' | 'highest'> = { counts: {} };
  try {
    const random = seededRandom(seed);
    const onEnd: Run['onEnd'] = (clean) => void cleanings.push(clean);
    const findings = await scenario.run({ seed, random, short, ...(minutes !== undefined && { minutes }), onEnd });
    found = findings;
    problems.push(...findings.problems);
  } catch (error) {
    noteThrown(error);
  }
  for (const clean of cleanings.toReversed())
    try {
      await clean();
    } catch (error) {
      noteThrown(error);
    }
  return { seed, ...found, problems, milliseconds: Math.round(performance.now() - began) };
}
