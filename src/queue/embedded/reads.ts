import type { DatabaseSync } from 'node:sqlite';
import type { MessageAttributes, QueueDepth } from '../queue.ts';
import type { ListedMessage, ListOptions, MessageList } from './embedded-queue.ts';

/** Reads beside the engine, on a connection of their own, so that none of them delays an accept. */
export interface Reads {
  /** @param now epoch milliseconds */
  depth(queue: number, now: number): QueueDepth;
  list(queue: number, options: ListOptions): MessageList;
}

/** A page of a list holds no more of bodies than this, so that it always fits into memory. */
const maxPageBytes = 8 * 2 ** 20;

export function createReads(database: DatabaseSync): Reads {
  // One statement, so that both figures are of one moment. The index holds all that it looks at.
  const counts = database.prepare(
    `SELECT (SELECT messages FROM queue WHERE id = ?1) AS messages, count(*) AS hidden,
       ifnull(sum(receive_count = 0), 0) AS delayed FROM message WHERE queue = ?1 AND visible_at > ?2`,
  );
  const page = (comparison: '<' | '>', direction: 'ASC' | 'DESC') =>
    database.prepare(
      `SELECT id, sent_at, entered_at, visible_at, receive_count, message_id, attributes, body FROM message
       WHERE queue = ? AND (sent_at, id) ${comparison} (?, ?) ORDER BY sent_at ${direction}, id ${direction} LIMIT ?`,
    );
  const oldestFirst = page('>', 'ASC');
  const newestFirst = page('<', 'DESC');

  return {
    depth(queue, now) {
      const row = counts.get(queue, now);
      const hidden = Number(row?.['hidden'] ?? 0);
      const delayed = Number(row?.['delayed'] ?? 0);
      return { visible: Number(row?.['messages'] ?? 0) - hidden, inFlight: hidden - delayed, delayed };
    },
    list(queue, options) {
      const [sentAt, id] = parseCursor(options.after) ?? (options.newestFirst ? lastPlace : firstPlace);
      const messages: ListedMessage[] = [];
      let bytes = 0;
      for (const row of (options.newestFirst ? newestFirst : oldestFirst).iterate(queue, sentAt, id, options.limit)) {
        messages.push(toListed(row));
        bytes += String(row['body']).length;
        if (messages.length === options.limit || bytes >= maxPageBytes)
          return { messages, next: `${Number(row['sent_at'])}.${Number(row['id'])}` };
      }
      return { messages };
    },
  };
}

type Place = readonly [sentAt: number, id: number];
const firstPlace: Place = [-1, 0];
const lastPlace: Place = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

function parseCursor(cursor: string | undefined): Place | undefined {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor ?? '');
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

function toListed(row: Record<string, unknown>): ListedMessage {
  return {
    messageId: String(row['message_id']),
    body: String(row['body']),
    attributes: JSON.parse(String(row['attributes'])) as MessageAttributes,
    sentAt: Number(row['sent_at']),
    enteredAt: Number(row['entered_at']),
    visibleAt: Number(row['visible_at']),
    receiveCount: Number(row['receive_count']),
  };
}
