import type { DeliveryRecord } from '../delivery/record.ts';
import type { Log } from '../log.ts';

/** One line for each attempt: what came of it, without what the request holds. */
export function logRecord(log: Log, record: Omit<DeliveryRecord, 'headers' | 'query' | 'body'>): void {
  const { source, outcome } = record;
  log[isUnwell(record) ? 'warn' : 'info']('delivery', {
    source,
    outcome: outcome.kind,
    ...('reason' in outcome && { reason: outcome.reason, detail: outcome.detail }),
    deliveryId: record.deliveryId,
    eventType: record.eventType,
    requestId: record.requestId,
    messageId: record.messageId,
    attempt: record.attempt,
    deadLettered: record.deadLettered,
    durationMs: record.durationMs,
    secretVersion: record.secretVersion,
  });
}

/** Whether an attempt failed or was rejected. */
export function isUnwell({ outcome }: Pick<DeliveryRecord, 'outcome'>): boolean {
  return outcome.kind === 'failed' || outcome.kind === 'rejected';
}
