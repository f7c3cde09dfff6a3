import type { Scenario } from '../scenario.ts';
import { killAccept } from './kill-accept.ts';

export const scenarios: readonly Scenario[] = [killAccept];
