import type { DatabaseSync } from 'node:sqlite';
import type { OutcomeKind } from '../../delivery/outcome.ts';
import type { JournalCounts } from './entry.ts';

/** How many deliveries the journal holds, by source and last outcome: counted once at the start, then kept. */
export interface Tally {
  add(source: string, outcome: OutcomeKind, change: number): void;
  read(): JournalCounts;
  /** Counts the rows again, after a transaction was undone. */
  recount(): void;
}

export function createTally(database: DatabaseSync): Tally {
  // Without a prototype, since a source may be called constructor.
  const none = () => Object.create(null) as Record<string, Partial<Record<OutcomeKind, number>>>;
  let counts = none();
  const add = (source: string, outcome: OutcomeKind, change: number) => {
    const ofSource = (counts[source] ??= {});
    ofSource[outcome] = (ofSource[outcome] ?? 0) + change;
  };
  const recount = () => {
    counts = none();
    const rows = database.prepare('SELECT source, outcome, count(*) AS n FROM delivery GROUP BY source, outcome').all();
    for (const row of rows) add(String(row['source']), row['outcome'] as OutcomeKind, Number(row['n']));
  };
  recount();
  return { add, recount, read: () => counts };
}
