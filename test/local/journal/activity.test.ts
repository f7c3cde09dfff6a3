import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournalDatabase } from '../../../src/local/journal/database.ts';
import { defaultJournalLimits } from '../../../src/local/journal/pruning.ts';
import { createJournalStore, type JournalStore } from '../../../src/local/journal/store.ts';
import { aRecord, failed, rejected } from './records.ts';

let folder: string;
let store: JournalStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-activity-'));
  const { database } = openJournalDatabase(join(folder, 'journal.db'), () => 0);
  store = createJournalStore(database, () => 0, defaultJournalLimits);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const range = { sources: ['github', 'zendesk'], from: 1_000, slotMs: 10, slots: 3 };

describe('the activity of sources', () => {
  it('counts deliveries by last outcome and slot of arrival', () => {
    store.append(
      [999, 1_000, 1_009, 1_010, 1_029, 1_030].map((receivedAt) =>
        aRecord({
          requestId: `r-${receivedAt}`,
          receivedAt,
          outcome: receivedAt === 1_010 ? failed : { kind: 'handled' },
        }),
      ),
    );
    expect(store.activity(range)['github']).toMatchObject({
      lastReceivedAt: 1_030,
      outcomes: { handled: [2, 0, 1], failed: [0, 1, 0] },
    });
    store.append([aRecord({ requestId: 'r-1010', receivedAt: 1_010, attempt: 2 })]);
    expect(store.activity(range)['github']?.outcomes).toEqual({ handled: [2, 1, 1] });
  });

  it('names the secret that matched last, whatever was refused since', () => {
    store.append([
      aRecord({ requestId: 'a', receivedAt: 1_000, secretVersion: 'previous' }),
      aRecord({ requestId: 'b', receivedAt: 1_005, secretVersion: 'current', outcome: { kind: 'ignored' } }),
      aRecord({ requestId: 'c', receivedAt: 1_009, secretVersion: undefined, outcome: rejected }),
    ]);
    expect(store.activity(range)['github']?.lastMatched).toEqual({ secretVersion: 'current', receivedAt: 1_005 });
  });

  it('is empty for a source that nothing came to', () => {
    expect(store.activity(range)['zendesk']).toEqual({
      lastReceivedAt: undefined,
      lastMatched: undefined,
      outcomes: {},
    });
  });
});
