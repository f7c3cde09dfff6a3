import { type Check, checks } from '../catalogue/contract/checks.ts';
import { canSign, type Subject, subjectsOf } from '../catalogue/contract/subject.ts';
import type { Provider, Sample } from '../catalogue/provider.ts';

/** The outcome of one check on one of a provider's schemes. */
export interface CheckRow {
  /** The provider's id, and the alternative where it has several. */
  subject: string;
  check: string;
  /** `skipped`: the scheme has nothing that the check looks at, or only the provider can sign. */
  result: 'ok' | 'failed' | 'skipped';
  /** The first things that went wrong. */
  detail: string;
}

/** Runs every check on every scheme of a provider. A check that throws has failed. */
export async function checkProvider(provider: Provider, samples: readonly Sample[]): Promise<CheckRow[]> {
  const rows: CheckRow[] = [];
  for (const subject of subjectsOf(provider, samples))
    for (const check of checks) rows.push(await runCheck(subject, check));
  return rows;
}

async function runCheck(subject: Subject, check: Check): Promise<CheckRow> {
  const row = { subject: subject.name, check: check.name };
  if (!canSign(subject)) return { ...row, result: 'skipped', detail: 'only the provider can sign' };
  if (check.applies?.(subject) === false) return { ...row, result: 'skipped', detail: 'not part of this scheme' };
  try {
    const wrong = await check.run(subject);
    return { ...row, result: wrong.length === 0 ? 'ok' : 'failed', detail: wrong.slice(0, 3).join('; ') };
  } catch (error) {
    return { ...row, result: 'failed', detail: error instanceof Error ? error.message : 'threw' };
  }
}
