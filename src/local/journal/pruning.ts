import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import type { OutcomeKind } from '../../delivery/outcome.ts';
import type { Tally } from './tally.ts';
import { inTransaction } from './transaction.ts';

export interface JournalLimits {
  /** Since a delivery was first recorded. */
  maxAgeMs: number;
  /** Of the file, its free pages aside. */
  maxBytes: number;
}

export const defaultJournalLimits: JournalLimits = { maxAgeMs: 7 * 86_400_000, maxBytes: 2 ** 30 };

/** So much at most is deleted per step, so that none takes long. */
const step = { deliveries: 200, bytes: 8 * 2 ** 20 };

/**
 * Makes the function that deletes some of what is beyond the limits, oldest first, and tells whether there is more to
 * delete. Freed pages are used again, so the file does not grow beyond its limit and does not shrink either.
 */
export function createPruning(
  database: DatabaseSync,
  { clock, limits, tally }: { clock: Clock; limits: JournalLimits; tally: Tally },
): () => boolean {
  const size = database.prepare(
    'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  );
  const oldest = database.prepare('SELECT id, source, outcome, recorded_at, bytes FROM delivery ORDER BY id LIMIT ?');
  const drop = database.prepare('DELETE FROM delivery WHERE id <= ?');
  const dropPayload = database.prepare('DELETE FROM payload WHERE delivery <= ?');

  const beyond = () => {
    const cutoff = clock() - limits.maxAgeMs;
    const excess = Number(size.get()?.['bytes']) - limits.maxBytes;
    const first = oldest.get(1);
    return { cutoff, excess, any: first !== undefined && (excess > 0 || Number(first['recorded_at']) < cutoff) };
  };

  return () => {
    const { cutoff, excess, any } = beyond();
    if (!any) return false;
    inTransaction(database, () => {
      let last = 0;
      let freed = 0;
      for (const row of oldest.all(step.deliveries)) {
        const needed = Number(row['recorded_at']) < cutoff || freed < excess;
        if (!needed || freed > step.bytes) break;
        freed += Number(row['bytes']);
        last = Number(row['id']);
        tally.add(String(row['source']), row['outcome'] as OutcomeKind, -1);
      }
      dropPayload.run(last);
      drop.run(last);
    });
    return beyond().any;
  };
}
