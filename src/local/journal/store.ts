import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import type { OutcomeKind } from '../../delivery/outcome.ts';
import type { DeliveryRecord } from '../../delivery/record.ts';
import { createActivity } from './activity.ts';
import type {
  ActivityRange,
  JournalContent,
  JournalCounts,
  JournalFilter,
  JournalPage,
  SourceActivity,
} from './entry.ts';
import { createPruning, type JournalLimits } from './pruning.ts';
import { attemptOf, entryColumns, keyOf, toDelivery } from './rows.ts';
import { createSearch } from './search.ts';
import { createTally } from './tally.ts';
import { inTransaction } from './transaction.ts';

/** The journal in the thread that owns its file. */
export interface JournalStore {
  /** In one transaction. */
  append(records: readonly DeliveryRecord[]): void;
  /** A search that takes long stops and tells how far it came. */
  list(filter: JournalFilter): JournalPage;
  /** The newest delivery of that id: the endpoint's, the message's or the provider's. */
  read(id: string): JournalContent | undefined;
  /** By source. */
  activity(range: ActivityRange): Readonly<Record<string, SourceActivity>>;
  counts(): JournalCounts;
  /**
   * Deletes some of what is beyond the limits, oldest first.
   *
   * @returns whether there is more to delete
   * @throws Error when the file cannot be written
   */
  prune(): boolean;
  close(): void;
}

export function createJournalStore(database: DatabaseSync, clock: Clock, limits: JournalLimits): JournalStore {
  const known = database.prepare('SELECT id, outcome FROM delivery WHERE key = ? AND source = ?');
  const insert = database.prepare(`INSERT INTO delivery (${entryColumns}, recorded_at, bytes, attempts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, json_array(json(?)))`);
  const insertPayload = database.prepare('INSERT INTO payload (delivery, headers, query, body) VALUES (?, ?, ?, ?)');
  const update = database.prepare(`UPDATE delivery SET message_id = ?, delivery_id = coalesce(?, delivery_id),
    event_type = coalesce(?, event_type), outcome = ?, reason = ?, detail = ?, attempt = ?, dead_lettered = ?,
    duration_ms = ?, finished_at = ?, secret_version = coalesce(?, secret_version), suspected_replay = ?,
    attempts = iif(json_array_length(attempts) < 100, json_insert(attempts, '$[#]', json(?)), attempts) WHERE id = ?`);
  const newest = database.prepare(
    `SELECT id, ${entryColumns}, attempts FROM delivery WHERE key = ?1 OR message_id = ?1 OR delivery_id = ?1
     ORDER BY received_at DESC, id DESC LIMIT 1`,
  );
  const payload = database.prepare('SELECT headers, query, body FROM payload WHERE delivery = ?');
  const tally = createTally(database);
  const prune = createPruning(database, { clock, limits, tally });

  const append = (record: DeliveryRecord) => {
    const attempt = attemptOf(record);
    const key = keyOf(record);
    const { outcome, reason = null, detail = null, durationMs, finishedAt } = attempt;
    const last = [
      outcome,
      reason,
      detail,
      record.attempt,
      Number(record.deadLettered),
      durationMs,
      finishedAt,
      record.secretVersion ?? null,
      Number(record.suspectedReplay ?? false),
    ];
    const { deliveryId = null, eventType = null, messageId, source } = record;
    const before = known.get(key, source);
    if (before) {
      tally.add(source, before['outcome'] as OutcomeKind, -1);
      update.run(messageId, deliveryId, eventType, ...last, JSON.stringify(attempt), Number(before['id']));
    } else {
      const who = [key, source, record.provider, messageId, deliveryId, eventType];
      const when = [Math.round(record.receivedAt), record.sourceIp ?? null];
      const headers = JSON.stringify(record.headers);
      const query = record.query ? JSON.stringify(record.query) : null;
      const bytes = headers.length + (query?.length ?? 0) + Buffer.byteLength(record.body);
      const kept = [clock(), bytes, JSON.stringify(attempt)];
      const { lastInsertRowid } = insert.run(...who, ...when, ...last, ...kept);
      insertPayload.run(lastInsertRowid, headers, query, record.body);
    }
    tally.add(source, outcome, 1);
  };

  return {
    append(records) {
      try {
        inTransaction(database, () => {
          for (const record of records) append(record);
        });
      } catch (error) {
        tally.recount();
        throw error;
      }
    },
    list: createSearch(database),
    read(id) {
      const row = newest.get(id);
      const kept = row && payload.get(Number(row['id']));
      if (!kept) return undefined;
      const headers = JSON.parse(String(kept['headers'])) as Record<string, string>;
      const query =
        typeof kept['query'] === 'string' ? { query: JSON.parse(kept['query']) as Record<string, string> } : {};
      return { ...toDelivery(row), headers, ...query, body: String(kept['body']) };
    },
    activity: createActivity(database),
    counts: () => tally.read(),
    prune() {
      try {
        return prune();
      } catch (error) {
        tally.recount();
        throw error;
      }
    },
    close: () => database.close(),
  };
}
