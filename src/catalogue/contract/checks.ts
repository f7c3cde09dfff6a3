import type { Check } from './check.ts';
import { bodyChecks } from './checks/bodies.ts';
import { secretChecks } from './checks/secrets.ts';
import { timeChecks } from './checks/times.ts';
import { valueChecks } from './checks/values.ts';

export type { Check } from './check.ts';

/** The checks that need nothing but the definition and a sample: the tests and `hookport providers check` run the same. */
export const checks: readonly Check[] = [...bodyChecks, ...valueChecks, ...timeChecks, ...secretChecks];
