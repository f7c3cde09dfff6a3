import type { Part } from '../lib/part.ts';
import { accept } from './accept.ts';
import { coldStart } from './cold-start.ts';
import { consumer } from './consumer.ts';
import { handling } from './handling.ts';
import { inspector } from './inspector.ts';
import { queue } from './queue.ts';
import { scale } from './scale.ts';
import { verify } from './verify.ts';

/** All benchmarks, in the order of the report. */
export const parts: readonly Part[] = [accept, handling, consumer, verify, queue, coldStart, scale, inspector];
