import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { JournalEntry, JournalFilter, JournalPage } from './entry.ts';
import { entryColumns, toEntry } from './rows.ts';

/** Well below what a person notices; a text that stands nowhere takes several such turns through a full journal. */
const defaultBudgetMs = 80;

/**
 * Makes the function that lists deliveries. It walks an index from the newest on and looks at one delivery after the
 * other, so that it can stop when its time is up, tell how far it came, and be asked to go on from there. No index of
 * the text is kept: writing one would cost every delivery, also while nobody searches.
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
    const { sql, values } = toQuery(filter);
    const entries: JournalEntry[] = [];
    let last: Place | undefined;
    for (const row of database.prepare(sql).iterate(values)) {
      // Here and not below: only when another one follows is there more.
      if (last && entries.length === filter.limit) return { entries, next: formatPlace(last) };
      if (last && elapsed() > deadline) return { entries, next: formatPlace(last), searchedBackTo: last.receivedAt };
      last = { receivedAt: Number(row['received_at']), id: Number(row['id']) };
      const found = row['hit'] === 1 ? whole.get(last.id) : undefined;
      if (found) entries.push(toEntry(found));
    }
    return { entries };
  };
}

interface Place {
  receivedAt: number;
  id: number;
}

function formatPlace({ receivedAt, id }: Place): string {
  return `${receivedAt}.${id}`;
}

/** Whether a text is a cursor that `next` could have been. */
export function isCursor(text: string): boolean {
  return /^\d{1,15}\.\d{1,15}$/.test(text);
}

type Condition = readonly [sql: string, value: SQLInputValue];

/** Conditions that an index answers choose the rows; the others are looked at row by row, as `hit`. */
function toQuery(filter: JournalFilter): { sql: string; values: Record<string, SQLInputValue> } {
  const { base, rest } = sortConditions(filter);
  const values: Record<string, SQLInputValue> = {};
  const name = ([sql, value]: Condition, index: number, kind: string) => {
    values[`$${kind}${index}`] = value;
    return sql.replaceAll('?', `$${kind}${index}`);
  };
  const where = base.map((each, index) => name(each, index, 'b'));
  const hits = rest.map((each, index) => name(each, index, 'r'));
  if (filter.after !== undefined) {
    const [receivedAt = 0, id = 0] = filter.after.split('.').map(Number);
    where.push('(received_at, delivery.id) < ($after_time, $after_id)');
    Object.assign(values, { $after_time: receivedAt, $after_id: id });
  }
  const join = filter.text === undefined ? '' : 'JOIN payload ON payload.delivery = delivery.id';
  const sql = `SELECT delivery.id, received_at, (${hits.join(' AND ') || '1'}) AS hit FROM delivery ${join}
    ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY received_at DESC, delivery.id DESC`;
  return { sql, values };
}

function sortConditions(filter: JournalFilter): { base: Condition[]; rest: Condition[] } {
  const base: Condition[] = [];
  const rest: Condition[] = [];
  // The first that is asked for walks its index; source and outcome have one together.
  const walks = (['id', 'eventType', 'reason'] as const).find((each) => filter[each] !== undefined) ?? 'source';
  const add = (sql: string, value: SQLInputValue | undefined, walked: boolean) => {
    if (value !== undefined) (walked ? base : rest).push([sql, value]);
  };
  add('(key = ? OR message_id = ? OR delivery_id = ?)', filter.id, true);
  add('event_type = ?', filter.eventType, walks === 'eventType');
  add('reason = ?', filter.reason, walks === 'reason');
  add('source = ?', filter.source, walks === 'source');
  add('outcome = ?', filter.outcome, walks === 'source');
  add('received_at >= ?', filter.since, true);
  add('received_at < ?', filter.until, true);
  if (filter.text !== undefined) rest.push([texts, `%${filter.text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`]);
  return { base, rest };
}

/** Where a text is looked for, the shortest first. */
const texts = `(${[
  'key',
  'message_id',
  "ifnull(delivery_id, '')",
  "ifnull(event_type, '')",
  "ifnull(detail, '')",
  'headers',
  'body',
]
  .map((column) => `${column} LIKE ? ESCAPE '\\'`)
  .join(' OR ')})`;
