import type { Store } from './store.ts';

/** A queue that the plan does not name, with how many messages it keeps. */
export interface UnreachableQueue {
  name: string;
  messages: number;
}

/** Those that hold messages; what is too old by now is about to be deleted, and does not count. */
export function unreachableQueues({ database, queues, retentionMs }: Store, now: number): UnreachableQueue[] {
  const count = database.prepare('SELECT count(*) AS messages FROM message WHERE queue = ? AND sent_at > ?');
  const filled = database.prepare('SELECT id, name FROM queue WHERE messages > 0 ORDER BY name').all();
  return filled.flatMap(({ id, name }) => {
    if (queues.has(String(name))) return [];
    const messages = Number(count.get(Number(id), now - (retentionMs.get(Number(id)) ?? 0))?.['messages']);
    return messages > 0 ? [{ name: String(name), messages }] : [];
  });
}
