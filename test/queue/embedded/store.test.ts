import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/queue/embedded/database.ts';
import { createLogSpace } from '../../../src/queue/embedded/log-space.ts';
import { createMessages, type Messages } from '../../../src/queue/embedded/messages.ts';
import { createStore, type Store } from '../../../src/queue/embedded/store.ts';
import { queuePlan } from '../../contract/queue.ts';
import { removeFolder, startOfTime, temporaryFolder } from './in-process.ts';

const plan = [queuePlan('q'), queuePlan('dlq')];

let folder: string;
let database: DatabaseSync;
let store: Store;
let messages: Messages;
beforeEach(() => {
  folder = temporaryFolder();
  database = openDatabase(join(folder, 'queues.db'));
  store = createStore(database, plan, startOfTime);
  const contents = () => ({ attributes: '{}', body: 'x'.repeat(100_000) });
  messages = createMessages({ store, stamp: (now) => now, contents, space: createLogSpace(database, contents) });
});
afterEach(() => {
  database.close();
  removeFolder(folder);
});

/** SQLite undoes the whole transaction of a statement for which there is no page. */
function fill(): void {
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);
}

const logged = (position: number) => ({ messageId: randomUUID(), sentAt: startOfTime, position, length: 100_100 });

describe('a transaction that a full database undoes', () => {
  test('in a move leaves nothing behind, above all not how far the log was taken over', () => {
    const [q, dlq] = plan.map(({ name }) => store.queues.get(name)!);
    const at = store.intake;
    store.transaction(() => {
      messages.takeOver(q!.id, logged(at), startOfTime, startOfTime);
      store.takenIn(at + 100_100);
    });
    const options = { maxMessages: 1, visibilityTimeoutMs: 30_000, untilExit: false };
    const { messages: received } = store.transaction(() => messages.receive(q!, options, startOfTime));
    fill();
    expect(() =>
      store.transaction(() => {
        messages.takeOver(q!.id, logged(at + 100_100), startOfTime, startOfTime);
        store.takenIn(at + 200_200);
        messages.move(q!, dlq!, received[0]!.receiptHandle, '{}', startOfTime);
      }),
    ).toThrow('full');
    expect(store.intake).toBe(at + 100_100);
    expect(database.prepare('SELECT name, messages, intake FROM queue').all()).toEqual([
      { name: 'q', messages: 1, intake: at + 100_100 },
      { name: 'dlq', messages: 0, intake: at },
    ]);
    expect(database.prepare('SELECT queue, position FROM message').all()).toEqual([{ queue: q!.id, position: at }]);
  });

  test('is told of even where what ran in it went on', () => {
    const { id } = store.queues.get('q')!;
    const at = store.intake;
    fill();
    expect(() =>
      store.transaction(() => {
        store.takenIn(at + 100);
        store.count(id, 1);
        try {
          database.exec('INSERT INTO queue (name, created_at, retention_ms) VALUES (hex(zeroblob(100000)), 0, 0)');
        } catch {
          // The caller must not go by that.
        }
      }),
    ).toThrow('undone');
    expect(store.intake).toBe(at);
    expect(database.prepare('SELECT messages, intake FROM queue WHERE id = ?').get(id)).toEqual({
      messages: 0,
      intake: at,
    });
  });
});
