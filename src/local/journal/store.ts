import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import type { OutcomeKind } from '../../delivery/outcome.ts';
import type { DeliveryRecord } from '../../delivery/record.ts';
import type { JournalCounts, JournalDelivery, JournalEntry, JournalFilter } from './entry.ts';
import { createPruning, type JournalLimits } from './pruning.ts';
import { attemptOf, entryColumns, keyOf, toDelivery, toEntry } from './rows.ts';
import { createTally } from './tally.ts';
import { inTransaction } from './transaction.ts';

/** The journal in the thread that owns its file. */
export interface JournalStore {
  /** In one transaction. */
  append(records: readonly DeliveryRecord[]): void;
  /** Newest arrival first. */
  list(filter: JournalFilter): JournalEntry[];
  /** The newest delivery of that id: the endpoint's, the message's or the provider's. */
  find(id: string): JournalDelivery | undefined;
  counts(): JournalCounts;
  /** Deletes some of what is beyond the limits, oldest first. @returns whether there is more to delete */
  prune(): boolean;
  close(): void;
}

export function createJournalStore(database: DatabaseSync, clock: Clock, limits: JournalLimits): JournalStore {
  const known = database.prepare('SELECT id, outcome FROM delivery WHERE key = ? AND source = ?');
  const insert = database.prepare(`INSERT INTO delivery (${entryColumns}, recorded_at, bytes, attempts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, json_array(json(?)))`);
  const insertPayload = database.prepare('INSERT INTO payload (delivery, headers, body) VALUES (?, ?, ?)');
  const update = database.prepare(`UPDATE delivery SET message_id = ?, delivery_id = coalesce(?, delivery_id),
    event_type = coalesce(?, event_type), outcome = ?, reason = ?, detail = ?, attempt = ?, dead_lettered = ?,
    duration_ms = ?, finished_at = ?, secret_version = ?, suspected_replay = ?,
    attempts = iif(json_array_length(attempts) < 100, json_insert(attempts, '$[#]', json(?)), attempts) WHERE id = ?`);
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
      const kept = [clock(), headers.length + Buffer.byteLength(record.body), JSON.stringify(attempt)];
      const { lastInsertRowid } = insert.run(...who, ...when, ...last, ...kept);
      insertPayload.run(lastInsertRowid, headers, record.body);
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
    list({ source, outcome, id, limit }) {
      const conditions: [sql: string, ...values: string[]][] = [];
      if (source !== undefined) conditions.push(['source = ?', source]);
      if (outcome !== undefined) conditions.push(['outcome = ?', outcome]);
      if (id !== undefined) conditions.push(['(key = ? OR message_id = ? OR delivery_id = ?)', id, id, id]);
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
      const values = conditions.flatMap(([, ...each]) => each);
      return database
        .prepare(`SELECT ${entryColumns} FROM delivery ${where} ORDER BY received_at DESC, id DESC LIMIT ?`)
        .all(...values, limit)
        .map(toEntry);
    },
    find(id) {
      const row = database
        .prepare(
          `SELECT ${entryColumns}, attempts FROM delivery WHERE key = ?1 OR message_id = ?1 OR delivery_id = ?1
           ORDER BY received_at DESC, id DESC LIMIT 1`,
        )
        .get(id);
      return row && toDelivery(row);
    },
    counts: () => tally.read(),
    prune,
    close: () => database.close(),
  };
}
