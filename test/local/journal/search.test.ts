import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalFilter } from '../../../src/local/journal/entry.ts';
import { openJournalDatabase } from '../../../src/local/journal/database.ts';
import { defaultJournalLimits } from '../../../src/local/journal/pruning.ts';
import { createSearch, isCursor } from '../../../src/local/journal/search.ts';
import { createJournalStore } from '../../../src/local/journal/store.ts';
import { aRecord, failed, rejected } from './records.ts';

let folder: string;
let database: ReturnType<typeof openJournalDatabase>['database'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-search-'));
  ({ database } = openJournalDatabase(join(folder, 'journal.db'), () => 0));
  const store = createJournalStore(database, () => 0, defaultJournalLimits);
  store.append(
    Array.from({ length: 60 }, (_, index) =>
      aRecord({
        requestId: `req-${index}`,
        deliveryId: `delivery-${index}`,
        messageId: `message-${index}`,
        source: index % 2 === 0 ? 'github' : 'paddle',
        eventType: index % 5 === 0 ? 'ping' : 'push',
        outcome: index % 3 === 0 ? rejected : index % 7 === 0 ? failed : { kind: 'handled' },
        // Pairs arrive in the same millisecond.
        receivedAt: 1_000 + Math.floor(index / 2),
        headers: { 'x-github-event': 'push', 'x-number': `n${index}`, signature: `keyId="k${index}"` },
        query: { path: `C:\\${index}` },
        body: JSON.stringify({ zen: `Number ${index} is 100% a_b`, other: index === 33 ? 'Äpfel' : 'x' }),
      }),
    ),
  );
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** All pages, one after the other. */
function all(filter: Omit<JournalFilter, 'limit'>, limit = 7): string[] {
  const search = createSearch(database);
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = search({ ...filter, limit, ...(after !== undefined && { after }) });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    found.push(...page.entries.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return found;
}

const numbers = Array.from({ length: 60 }, (_, index) => index).toReversed();
const named = (wanted: (index: number) => boolean) => numbers.filter(wanted).map((index) => `req-${index}`);

describe('a search of the journal', () => {
  it.each<[Omit<JournalFilter, 'limit'>, (index: number) => boolean]>([
    [{}, () => true],
    [{ source: 'paddle' }, (index) => index % 2 === 1],
    [{ outcome: 'rejected' }, (index) => index % 3 === 0],
    [{ source: 'github', outcome: 'rejected' }, (index) => index % 6 === 0],
    [{ reason: 'signature_mismatch' }, (index) => index % 3 === 0],
    [{ reason: 'handler_error', source: 'paddle' }, (index) => [7, 35, 49].includes(index)],
    [{ eventType: 'ping' }, (index) => index % 5 === 0],
    [{ eventType: 'ping', outcome: 'rejected', source: 'paddle' }, (index) => index % 30 === 15],
    [{ since: 1_010, until: 1_020 }, (index) => index >= 20 && index < 40],
    [{ text: 'number 3' }, (index) => index === 3 || (index >= 30 && index < 40)],
    [{ text: 'N33' }, (index) => index === 33],
    [{ text: 'delivery-12' }, (index) => index === 12],
    [{ text: 'keyid="k33"' }, (index) => index === 33],
    [{ text: String.raw`c:\33` }, (index) => index === 33],
    [{ text: '"push","' }, () => false],
    [{ text: 'Äpfel', source: 'paddle' }, (index) => index === 33],
    [{ text: '100% a' }, () => true],
    [{ text: '1%0' }, () => false],
    [{ text: 'a?b' }, () => false],
    [{ text: 'aXb' }, () => false],
    [{ text: "' OR 1=1 --" }, () => false],
    [{ text: 'active secret', eventType: 'push' }, (index) => index % 3 === 0 && index % 5 !== 0],
    [{ id: 'message-5' }, (index) => index === 5],
    [{ id: 'delivery-5', source: 'github' }, () => false],
  ])('finds by %j exactly what is meant, page after page', (filter, wanted) => {
    const expected = named(wanted);
    expect(all(filter)).toEqual(expected);
    expect(all(filter, 1)).toEqual(expected);
    expect(all(filter, 1000)).toEqual(expected);
  });

  it('gives a last page no next one, also when it is full', () => {
    const page = createSearch(database)({ source: 'github', limit: 30 });
    expect(page.entries).toHaveLength(30);
    expect(page.next).toBeUndefined();
  });

  it('stops when its time is up, says how far it came, and goes on from there to the end', () => {
    let now = 0;
    const search = createSearch(database, 5, () => now++);
    const pages = [];
    let after: string | undefined;
    do {
      const page = search({ text: 'number 3 ', limit: 10, ...(after !== undefined && { after }) });
      pages.push(page);
      after = page.next;
    } while (after !== undefined);
    expect(pages.length).toBeGreaterThan(4);
    expect(pages.flatMap(({ entries }) => entries.map(({ id }) => id))).toEqual(['req-3']);
    const times = pages.slice(0, -1).map(({ searchedBackTo }) => searchedBackTo ?? NaN);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times.every((time) => time >= 1_000 && time < 1_030)).toBe(true);
    expect(pages.at(-1)?.searchedBackTo).toBeUndefined();
  });

  it('comes forward even when a single delivery takes all of its time', () => {
    let now = 0;
    const search = createSearch(database, 10, () => (now += 100));
    const first = search({ text: 'nowhere', limit: 10 });
    expect(first.next).toBe('1029.60');
    expect(search({ text: 'nowhere', limit: 10, after: '1029.60' }).next).toBe('1029.59');
  });

  it('walks an index for each filter, and never sorts', () => {
    const plans = (
      [
        {},
        { source: 'github' },
        { outcome: 'failed' },
        { source: 'github', outcome: 'failed', since: 5 },
        { reason: 'handler_error', text: 'x' },
        { eventType: 'push', reason: 'handler_error' },
      ] satisfies Omit<JournalFilter, 'limit'>[]
    ).map((filter) => {
      const prepare = database.prepare.bind(database);
      const seen: string[] = [];
      const spying = {
        prepare(sql: string) {
          seen.push(sql);
          return prepare(sql);
        },
      };
      createSearch(spying as typeof database)({ ...filter, limit: 1, after: '2000.1' });
      // The first reads one delivery.
      expect(seen).toHaveLength(3);
      return seen.slice(1).map((sql) => {
        const rows = prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
        return rows.map((row) => String(row['detail'])).join('; ');
      });
    });
    for (const plan of plans.flat()) expect(plan).toMatch(/^SEARCH delivery USING (COVERING )?INDEX newest/);
    for (const plan of plans.flat()) expect(plan).not.toMatch(/TEMP B-TREE|SCAN/);
    // Where a slice ends is told by the index alone.
    for (const [walk] of plans) expect(walk).toContain('COVERING');
  });

  it('knows its own cursors', () => {
    expect(['1029.60', '0.1'].every(isCursor)).toBe(true);
    expect(['', '1', '1.', '-1.2', '1.2.3', '1e3.2', '1.2;'].some(isCursor)).toBe(false);
  });
});
