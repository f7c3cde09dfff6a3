import type { Case } from './cases.ts';
import type { Answer, Verify } from './contenders.ts';

/** Makes sure that each request is taken as genuine, warms up, and finds how many fit into about a millisecond. */
export async function batchFor(
  verify: Verify,
  { id, requests }: Case,
  { warmUp, measured }: Record<'warmUp' | 'measured', number>,
): Promise<number> {
  for (const index of requests.keys())
    if (!isGenuine(await verify(index))) throw new Error(`a request of ${id} is refused`);
  await rateOf(verify, 16, warmUp);
  const rate = await rateOf(verify, 16, measured);
  return Math.max(1, Math.round(rate / 1000));
}

/**
 * Verifications per second of processor time, over about so much of it: time of the processor, not of the clock, so that what
 * else runs on the machine counts less.
 */
export async function rateOf(verify: Verify, batch: number, microseconds: number): Promise<number> {
  let count = 0;
  let spent = 0;
  const began = process.cpuUsage();
  while (spent < microseconds) {
    await run(verify, count, batch);
    count += batch;
    const { user, system } = process.cpuUsage(began);
    spent = user + system;
  }
  return (count / spent) * 1e6;
}

/** Waits only for promises: an `await` of what is there costs as much as hashing some hundred bytes. */
async function run(verify: Verify, from: number, batch: number): Promise<void> {
  for (let index = from; index < from + batch; index++) {
    const answer = verify(index);
    const known = typeof answer === 'object' && 'then' in answer ? await answer : answer;
    if (!isGenuine(known)) throw new Error('a genuine request was refused');
  }
}

function isGenuine(answer: Answer): boolean {
  return typeof answer === 'boolean' ? answer : answer.ok;
}
