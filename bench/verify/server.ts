import { answerAll } from '../lib/asked.ts';
import { makeCase } from './cases.ts';
import { contendersFor, type Verify } from './contenders.ts';
import { batchFor, rateOf } from './rate.ts';

/** What the process that measures asks of the one that verifies: to get ready for a case, and to verify its requests. */
export type Question =
  | { prepare: { id: string; bytes: number; count: number }; microseconds: Record<'warmUp' | 'measured', number> }
  | { measure: number };

export interface Answers {
  canVerify?: boolean;
  /** Of processor time. */
  perSecond?: number;
}

const [contender = 'hookport'] = process.argv.slice(2);
let current: { verify: Verify; batch: number } | undefined;
answerAll<Answers>({}, (question) => answer(question as Question));

async function answer(question: Question): Promise<Answers> {
  if ('prepare' in question) {
    const { id, bytes, count } = question.prepare;
    const each = await makeCase(id, bytes, count);
    const verify = contendersFor(each)[contender];
    current = verify && { verify, batch: await batchFor(verify, each, question.microseconds) };
    return { canVerify: current !== undefined };
  }
  if (!current) throw new Error(`${contender} has nothing to verify`);
  return { perSecond: await rateOf(current.verify, current.batch, question.measure) };
}
