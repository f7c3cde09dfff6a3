import { type Check, checks } from '../catalogue/contract/checks.ts';
import { canSign, type Subject, subjectsOf } from '../catalogue/contract/subject.ts';
import { checkVector } from '../catalogue/contract/vectors.ts';
import type { Provider, Sample, Vector } from '../catalogue/provider.ts';

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

/**
 * Runs every check on every scheme of a provider, and every vector. A check that throws has failed. Without a vector the
 * checks show that the definition is sound in itself, not that the provider signs like this.
 */
export async function checkProvider(
  provider: Provider,
  samples: readonly Sample[],
  vectors: readonly Vector[] = [],
): Promise<CheckRow[]> {
  const rows: CheckRow[] = [];
  for (const subject of subjectsOf(provider, samples))
    for (const check of checks) rows.push(await runCheck(subject, check));
  for (const [index, vector] of vectors.entries()) rows.push(await runVector(provider, vector, index + 1));
  return rows;
}

async function runVector(provider: Provider, vector: Vector, number: number): Promise<CheckRow> {
  const subject = vector.verify === undefined ? provider.id : `${provider.id} (${vector.verify})`;
  const check = `vector ${number}, ${vector.expect}: ${vector.origin}`;
  return result({ subject, check }, () => checkVector(provider, vector));
}

async function runCheck(subject: Subject, check: Check): Promise<CheckRow> {
  const row = { subject: subject.name, check: check.name };
  if (!canSign(subject)) return { ...row, result: 'skipped', detail: 'only the provider can sign' };
  if (check.applies?.(subject) === false) return { ...row, result: 'skipped', detail: 'not part of this scheme' };
  return result(row, () => check.run(subject));
}

async function result(
  row: Pick<CheckRow, 'subject' | 'check'>,
  run: () => Promise<readonly string[]>,
): Promise<CheckRow> {
  try {
    const wrong = await run();
    return { ...row, result: wrong.length === 0 ? 'ok' : 'failed', detail: wrong.slice(0, 3).join('; ') };
  } catch (error) {
    return { ...row, result: 'failed', detail: error instanceof Error ? error.message : 'threw' };
  }
}
