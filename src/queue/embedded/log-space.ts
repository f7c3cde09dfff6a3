import type { DatabaseSync } from 'node:sqlite';
import { isOutOfDescriptors } from './descriptors.ts';
import { type Contents, type ContentsReader } from './intake/contents.ts';
import { segmentOf, startOfSegment } from './intake/segments.ts';
import { unavailable } from './unavailable.ts';

/**
 * What the messages of the database need of the intake log. `used` and `inUse` need no transaction, the others run inside the
 * caller's.
 */
export interface LogSpace {
  /** The segments in which messages stand, ascending. */
  inUse(): number[];
  /** How many bytes of a segment messages stand in. */
  used(segment: number): number;
  /**
   * Copies what a message holds into its row, if it stands in the log.
   *
   * @returns why not, where the disk lost it. What the database cannot write, and what cannot be read for want of a descriptor, is thrown: the transaction is to be undone then
   */
  bringIn(row: number): Error | undefined;
  /**
   * The same for some that stand in that segment, from a position on. What the disk lost stays as it is.
   *
   * @returns where the next ones stand; undefined behind the last
   */
  bringInSome(segment: number, from: number): number | undefined;
}

const rowsPerStep = 100;
const bytesPerStep = 2 ** 20;

/** @param contents what the log holds */
export function createLogSpace(database: DatabaseSync, contents: ContentsReader): LogSpace {
  const first = database.prepare('SELECT position FROM message WHERE position >= ? ORDER BY position LIMIT 1');
  const total = database.prepare(
    'SELECT ifnull(sum(length), 0) AS bytes FROM message WHERE position >= ? AND position < ?',
  );
  const inSegment = database.prepare(
    `SELECT id, position, length FROM message WHERE position >= ? AND position < ? ORDER BY position LIMIT ${rowsPerStep}`,
  );
  const one = database.prepare('SELECT position, length FROM message WHERE id = ? AND position IS NOT NULL');
  const write = database.prepare(
    'UPDATE message SET attributes = ?, body = CAST(? AS TEXT), position = NULL, length = NULL WHERE id = ?',
  );
  const ends = (segment: number) => [startOfSegment(segment), startOfSegment(segment + 1)] as const;

  function bringIn(id: number, row: Record<string, unknown>): Error | undefined {
    let held: Contents;
    try {
      held = loggedContents(row, contents);
    } catch (error) {
      if (isOutOfDescriptors(error)) throw error;
      return error as Error;
    }
    write.run(held.attributes, held.body, id);
    return undefined;
  }

  return {
    inUse() {
      const segments: number[] = [];
      for (let from = 0; ;) {
        const position = first.get(from)?.['position'];
        if (position === undefined) return segments;
        const segment = segmentOf(Number(position));
        segments.push(segment);
        from = startOfSegment(segment + 1);
      }
    },
    used: (segment) => Number(total.get(...ends(segment))?.['bytes']),
    bringIn(id) {
      const row = one.get(id);
      return row && bringIn(id, row);
    },
    bringInSome(segment, from) {
      const rows = inSegment.all(from, startOfSegment(segment + 1));
      let bytes = 0;
      for (const [index, row] of rows.entries()) {
        bringIn(Number(row['id']), row);
        bytes += Number(row['length']);
        if (bytes >= bytesPerStep || index === rowsPerStep - 1) return Number(row['position']) + 1;
      }
      return undefined;
    },
  };
}

/** What the message of a row holds. */
export function contentsOf(row: Readonly<Record<string, unknown>>, contents: ContentsReader): Contents {
  if (row['position'] !== null) return loggedContents(row, contents);
  return { attributes: String(row['attributes']), body: String(row['body']) };
}

/** @throws HookportError `queue_unavailable` where the disk lost it: everything else would lose it in silence */
function loggedContents(row: Readonly<Record<string, unknown>>, contents: ContentsReader): Contents {
  const place = { position: Number(row['position']), length: Number(row['length']) };
  const found = contents(place);
  if (!found)
    throw unavailable(
      `segment ${segmentOf(place.position)} of the intake log does not hold what was written into it; the disk lost it`,
    );
  return found;
}
