import type { Outcome } from '../../../src/delivery/outcome.ts';
import type { DeliveryRecord } from '../../../src/delivery/record.ts';

/** A record of a handled push; `changes` says what is different. */
export function aRecord(changes: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return {
    source: 'github',
    provider: 'github',
    requestId: 'req-1',
    messageId: 'message-1',
    deliveryId: 'delivery-1',
    eventType: 'push',
    receivedAt: 1_000,
    sourceIp: '203.0.113.7',
    attempt: 1,
    outcome: { kind: 'handled' },
    deadLettered: false,
    durationMs: 3.4,
    finishedAt: 1_010,
    secretVersion: 'current',
    headers: { 'x-github-event': 'push' },
    body: '{"zen":"Keep it logically awesome."}',
    ...changes,
  };
}

export const failed: Outcome = { kind: 'failed', reason: 'handler_error', detail: 'Error: no' };
export const rejected: Outcome = { kind: 'rejected', reason: 'signature_mismatch', detail: 'no active secret' };
