import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { JournalEntry, JournalFilter, JournalPage } from './entry.ts';
import { entryColumns, toEntry } from './rows.ts';

/** Well below what a person notices; a text that stands nowhere takes a few such turns through a full journal. */
const defaultBudgetMs = 80;

/** A slice that was looked at faster is followed by one of twice as many deliveries; a slower one by one of half as many. */
const sliceMs = { least: 5, most: 20 };
/** Of those whose bodies are read: the next ones may be a thousand times as large. */
const mostBodies = 256;

/**
 * Makes the function that lists deliveries. It walks an index from the newest on and has SQLite look through one slice of
 * deliveries after the other, so that it can stop when its time is up, tell how far it came, and be asked to go on from
 * there: bodies differ a thousandfold in size, so slices grow and shrink. No index of the text is kept: writing one would
 * cost every delivery, also while nobody searches.
 *
 * @param budgetMs How long one search may take.
 * @param elapsed Milliseconds of a clock that only runs forward.
 */
export function createSearch(
  database: DatabaseSync,
  budgetMs = defaultBudgetMs,
  elapsed = () => performance.now(),
): (filter: JournalFilter) => JournalPage {
  const whole = database.prepare(`SELECT ${entryColumns} FROM delivery WHERE id = ?`);
  return (filter) => {
    const deadline = elapsed() + budgetMs;
    const query = toQuery(filter);
    const walk = database.prepare(query.walk);
    const look = database.prepare(query.look);
    const entries: JournalEntry[] = [];
    const oldest = { $to_time: filter.since ?? 0, $to_id: 0 };
    let from = firstPlace(filter);
    for (let slice = 1; ;) {
      const began = elapsed();
      const [end, following] = walk.all({ ...query.walked, ...from, ...oldest, $skip: slice - 1 }).map(toPlace);
      const room = filter.limit - entries.length;
      const to = end && following ? { $to_time: end.$time, $to_id: end.$id } : oldest;
      const hits = look.all({ ...query.walked, ...query.looked, ...from, ...to, $room: room + 1 }).map(toPlace);
      for (const { $id } of hits.slice(0, room)) {
        const found = whole.get($id);
        if (found) entries.push(toEntry(found));
      }
      const last = hits[room - 1];
      // Only when another one follows is there more.
      if (last && (hits.length > room || following)) return { entries, next: formatPlace(last) };
      if (!end || !following) return { entries };
      const now = elapsed();
      if (now > deadline) return { entries, next: formatPlace(end), searchedBackTo: end.$time };
      if (now - began < sliceMs.least) slice = Math.min(2 * slice, filter.text === undefined ? Infinity : mostBodies);
      else if (now - began > sliceMs.most) slice = Math.ceil(slice / 2);
      from = end;
    }
  };
}

/** Where a delivery stands in the order of the list; as parameters of a statement. */
interface Place {
  $time: number;
  $id: number;
}

function toPlace(row: Record<string, unknown>): Place {
  return { $time: Number(row['received_at']), $id: Number(row['id']) };
}

/** What is listed stands behind it. */
function firstPlace({ after, until = Number.MAX_SAFE_INTEGER }: JournalFilter): Place {
  if (after === undefined) return { $time: until, $id: 0 };
  const [$time = 0, $id = 0] = after.split('.').map(Number);
  return $time < until ? { $time, $id } : { $time: until, $id: 0 };
}

function formatPlace({ $time, $id }: Place): string {
  return `${$time}.${$id}`;
}

/** Whether a text is a cursor that `next` could have been. */
export function isCursor(text: string): boolean {
  return /^\d{1,15}\.\d{1,15}$/.test(text);
}

type Condition = readonly [sql: string, value: SQLInputValue];

interface Query {
  /** Gives the last place of the next slice and the one behind it: an index alone answers it. */
  walk: string;
  walked: Record<string, SQLInputValue>;
  /** Gives the places of the slice that are meant. */
  look: string;
  looked: Record<string, SQLInputValue>;
}

/** Conditions that an index answers choose the rows; the others are looked at row by row, within a slice. */
function toQuery(filter: JournalFilter): Query {
  const { base, rest } = sortConditions(filter);
  const name = (conditions: readonly Condition[], kind: string) => ({
    sql: conditions.map(([sql], index) => sql.replaceAll('?', `$${kind}${index}`)),
    values: Object.fromEntries(conditions.map(([, value], index) => [`$${kind}${index}`, value])),
  });
  const walked = name(base, 'b');
  const looked = name(rest, 'r');
  const where = [
    ...walked.sql,
    '(received_at, delivery.id) < ($time, $id)',
    '(received_at, delivery.id) >= ($to_time, $to_id)',
  ];
  const text = filter.text === undefined ? undefined : { $text: like(filter.text), $json: like(asInJson(filter.text)) };
  const within = [...where, ...looked.sql, ...(text ? [texts] : [])];
  // In this order: nothing may begin with all payloads.
  const join = text ? 'CROSS JOIN payload ON payload.delivery = delivery.id' : '';
  const order = 'ORDER BY received_at DESC, delivery.id DESC';
  return {
    walk: `SELECT received_at, id FROM delivery WHERE ${where.join(' AND ')} ${order} LIMIT 2 OFFSET $skip`,
    walked: walked.values,
    look: `SELECT received_at, delivery.id FROM delivery ${join} WHERE ${within.join(' AND ')} ${order} LIMIT $room`,
    looked: { ...looked.values, ...text },
  };
}

function sortConditions(filter: JournalFilter): { base: Condition[]; rest: Condition[] } {
  const base: Condition[] = [];
  const rest: Condition[] = [];
  // The first that is asked for walks its index; source and outcome have one together.
  const walks = (['id', 'eventType', 'reason'] as const).find((each) => filter[each] !== undefined) ?? 'source';
  const add = (sql: string, value: SQLInputValue | undefined, walked: boolean) => {
    // A plus keeps SQLite from walking that index instead.
    if (value !== undefined) (walked ? base : rest).push([walked ? sql : `+${sql}`, value]);
  };
  add('(key = ? OR message_id = ? OR delivery_id = ?)', filter.id, true);
  add('event_type = ?', filter.eventType, walks === 'eventType');
  add('reason = ?', filter.reason, walks === 'reason');
  add('source = ?', filter.source, walks === 'source');
  add('outcome = ?', filter.outcome, walks === 'source');
  return { base, rest };
}

/** A pattern for what a text stands in. */
function like(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** How a text is written within the JSON of headers and query parameters: a quote in a value has a backslash before it there. */
function asInJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Where a text is looked for, the shortest first. */
const texts = `(${[
  'key LIKE $text',
  'message_id LIKE $text',
  "ifnull(delivery_id, '') LIKE $text",
  "ifnull(event_type, '') LIKE $text",
  "ifnull(detail, '') LIKE $text",
  'headers LIKE $json',
  "ifnull(query, '') LIKE $json",
  'body LIKE $text',
]
  .map((condition) => `${condition} ESCAPE '\\'`)
  .join(' OR ')})`;
