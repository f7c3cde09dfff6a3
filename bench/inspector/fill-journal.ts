import { openJournalDatabase } from '../../src/local/journal/database.ts';
import { defaultJournalLimits } from '../../src/local/journal/pruning.ts';
import { createJournalStore } from '../../src/local/journal/store.ts';
import type { DeliveryRecord } from '../../src/delivery/record.ts';

/** Writes so many deliveries of 2 KB into a journal, half of them of GitHub's, over the last hours, one in fifty refused. */
export function fillJournal(file: string, deliveries: number): void {
  const now = Date.now();
  const { database } = openJournalDatabase(file, () => now);
  const store = createJournalStore(database, () => now, defaultJournalLimits);
  for (let from = 0; from < deliveries; from += 1000)
    store.append(Array.from({ length: Math.min(1000, deliveries - from) }, (_, index) => recordOf(from + index, now)));
  store.close();
}

/** What stands in the oldest delivery alone. */
export const needle = 'the needle in the haystack';

function recordOf(index: number, now: number): DeliveryRecord {
  const refused = index % 50 === 0;
  const receivedAt = now - 10_000_000 + index * 100;
  const text = index === 0 ? needle : 'lorem ipsum dolor sit amet '.repeat(70);
  return {
    source: index % 2 === 0 ? 'github' : 'paddle',
    provider: index % 2 === 0 ? 'github' : 'paddle',
    requestId: `request-${index}`,
    messageId: `message-${index}`,
    deliveryId: refused ? undefined : `delivery-${index}`,
    eventType: refused ? undefined : index % 5000 === 1 ? 'rare' : 'push',
    receivedAt,
    sourceIp: '203.0.113.7',
    attempt: 1,
    outcome: refused
      ? { kind: 'rejected', reason: index % 5000 === 0 ? 'stale_timestamp' : 'signature_mismatch', detail: 'no' }
      : { kind: 'handled' },
    deadLettered: refused,
    durationMs: 3,
    finishedAt: receivedAt + 3,
    secretVersion: refused ? undefined : 'current',
    headers: { 'content-type': 'application/json', 'x-github-event': 'push', 'x-github-delivery': `delivery-${index}` },
    body: JSON.stringify({ number: index, text }),
  };
}
