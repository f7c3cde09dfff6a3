import type { SQLOutputValue } from 'node:sqlite';
import type { DeliveryRecord } from '../../delivery/record.ts';
import type { JournalAttempt, JournalDelivery, JournalEntry } from './entry.ts';

export type Row = Record<string, SQLOutputValue>;

/** Every column that makes up an entry. */
export const entryColumns = `key, source, provider, message_id, delivery_id, event_type, received_at, source_ip, outcome,
  reason, detail, attempt, dead_lettered, duration_ms, finished_at, secret_version, suspected_replay`;

/** What identifies a delivery within its source, through retries and redrives. */
export function keyOf(record: DeliveryRecord): string {
  return record.requestId ?? record.messageId;
}

export function attemptOf({ outcome, ...record }: DeliveryRecord): JournalAttempt {
  return {
    attempt: record.attempt,
    outcome: outcome.kind,
    reason: 'reason' in outcome ? outcome.reason : undefined,
    detail: 'detail' in outcome ? outcome.detail : undefined,
    deadLettered: record.deadLettered,
    durationMs: Math.round(record.durationMs),
    finishedAt: Math.round(record.finishedAt),
  };
}

export function toEntry(row: Row): JournalEntry {
  const text = (column: string) => (typeof row[column] === 'string' ? row[column] : undefined);
  return {
    id: text('key') ?? '',
    source: text('source') ?? '',
    provider: text('provider') ?? '',
    messageId: text('message_id') ?? '',
    deliveryId: text('delivery_id'),
    eventType: text('event_type'),
    receivedAt: Number(row['received_at']),
    sourceIp: text('source_ip'),
    outcome: text('outcome') as JournalEntry['outcome'],
    reason: text('reason') as JournalEntry['reason'],
    detail: text('detail'),
    attempt: Number(row['attempt']),
    deadLettered: row['dead_lettered'] === 1,
    durationMs: Number(row['duration_ms']),
    finishedAt: Number(row['finished_at']),
    secretVersion: text('secret_version'),
    suspectedReplay: row['suspected_replay'] === 1,
  };
}

export function toDelivery(row: Row): JournalDelivery {
  return { ...toEntry(row), attempts: JSON.parse(String(row['attempts'])) as JournalAttempt[] };
}
