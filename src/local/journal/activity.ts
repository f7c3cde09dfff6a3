import type { DatabaseSync } from 'node:sqlite';
import { type OutcomeKind, outcomeKinds } from '../../delivery/outcome.ts';
import type { ActivityRange, SourceActivity } from './entry.ts';

/** Verified by their outcome, so that the newest of them names the secret that matched. */
const verifiedKinds: readonly OutcomeKind[] = ['handled', 'ignored', 'duplicate'];

/** Makes the function that tells what the sources did lately. All it reads stands in one index. */
export function createActivity(
  database: DatabaseSync,
): (range: ActivityRange) => Readonly<Record<string, SourceActivity>> {
  const slots = database.prepare(
    `SELECT CAST((received_at - $from) / $slot AS INTEGER) AS slot, count(*) AS n FROM delivery
     WHERE source = $source AND outcome = $outcome AND received_at >= $from AND received_at < $to GROUP BY slot`,
  );
  const last = database.prepare('SELECT max(received_at) AS at FROM delivery WHERE source = ?');
  const matched = database.prepare(
    `SELECT secret_version, received_at FROM delivery WHERE source = ? AND outcome = ?
     ORDER BY received_at DESC, id DESC LIMIT 1`,
  );

  const outcomesOf = (source: string, { from, slotMs, slots: number }: ActivityRange) => {
    const outcomes: Partial<Record<OutcomeKind, readonly number[]>> = {};
    for (const outcome of outcomeKinds) {
      const rows = slots.all({
        $from: from,
        $to: from + slotMs * number,
        $slot: slotMs,
        $source: source,
        $outcome: outcome,
      });
      if (rows.length === 0) continue;
      const counts = Array.from({ length: number }, () => 0);
      for (const row of rows) counts[Number(row['slot'])] = Number(row['n']);
      outcomes[outcome] = counts;
    }
    return outcomes;
  };

  const lastMatchOf = (source: string): SourceActivity['lastMatched'] => {
    const rows = verifiedKinds.flatMap((kind) => matched.all(source, kind));
    const [newest] = rows
      .filter((row) => row['secret_version'] !== null)
      .toSorted((a, b) => Number(b['received_at']) - Number(a['received_at']));
    return newest && { secretVersion: String(newest['secret_version']), receivedAt: Number(newest['received_at']) };
  };

  return (range) =>
    Object.fromEntries(
      range.sources.map((source) => {
        const at = last.get(source)?.['at'];
        const lastReceivedAt = typeof at === 'number' ? at : undefined;
        return [source, { lastReceivedAt, lastMatched: lastMatchOf(source), outcomes: outcomesOf(source, range) }];
      }),
    );
}
