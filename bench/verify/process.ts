import { join } from 'node:path';
import { type Asked, startAsked } from '../lib/asked.ts';
import type { Answers, Question } from './server.ts';

/**
 * In a process of its own: what collects the garbage of one works on while another runs, and is counted as that one's time.
 * Within one process a peer's made ours look three times as slow for seconds.
 */
export function startVerifier(contender: string): Asked<Question, Answers> {
  return startAsked(join(import.meta.dirname, 'server.ts'), [contender]);
}
