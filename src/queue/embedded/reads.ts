import type { DatabaseSync } from 'node:sqlite';
import type { MessageAttributes, QueueDepth } from '../queue.ts';
import type { ListedMessage, ListOptions, MessageList } from './embedded-queue.ts';
import { type Contents, type ContentsReader, createContentsReader } from './intake/contents.ts';
import { openLogFile } from './intake/log-file.ts';
import { contentsOf } from './log-space.ts';
import { warnOfLoss } from './loss.ts';

/** Reads beside the engine, on a connection of their own, so that none of them delays an accept. */
export interface Reads {
  /** @param now epoch milliseconds */
  depth(queue: number, now: number): QueueDepth;
  list(queue: number, options: ListOptions): MessageList;
}

type Row = Record<string, unknown>;

const columns = 'id, sent_at, entered_at, visible_at, receive_count, message_id, position, length, attributes, body';

/** A page of a list holds no more of bodies than this, so that it always fits into memory. */
const maxPageBytes = 8 * 2 ** 20;

/** @param logFolder of the intake log */
export function createReads(database: DatabaseSync, logFolder: string): Reads {
  // One statement, so that both figures are of one moment. The index holds all that it looks at.
  const counts = database.prepare(
    `SELECT (SELECT messages FROM queue WHERE id = ?1) AS messages, count(*) AS hidden,
       ifnull(sum(receive_count = 0), 0) AS delayed FROM message WHERE queue = ?1 AND visible_at > ?2`,
  );
  const page = (comparison: '<' | '>', direction: 'ASC' | 'DESC') =>
    database.prepare(
      `SELECT ${columns} FROM message
       WHERE queue = ? AND (sent_at, id) ${comparison} (?, ?) ORDER BY sent_at ${direction}, id ${direction} LIMIT ?`,
    );
  const oldestFirst = page('>', 'ASC');
  const newestFirst = page('<', 'DESC');
  const again = database.prepare(`SELECT ${columns} FROM message WHERE id = ?`);

  /** Undefined when the message is gone by now, or the disk lost it, which is warned of: others must be seen beside it. */
  function toListed(row: Row, contents: ContentsReader): ListedMessage | undefined {
    try {
      return withContents(row, contentsOf(row, contents));
    } catch (error) {
      // Deleted since the row was read, or brought in, and the segment with it.
      const now = again.get(Number(row['id']));
      if (now && now['position'] !== row['position']) return withContents(now, contentsOf(now, contents));
      if (now) warnOfLoss(now['message_id'], error);
      return undefined;
    }
  }

  return {
    depth(queue, now) {
      const row = counts.get(queue, now);
      const hidden = Number(row?.['hidden'] ?? 0);
      const delayed = Number(row?.['delayed'] ?? 0);
      return { visible: Number(row?.['messages'] ?? 0) - hidden, inFlight: hidden - delayed, delayed };
    },
    list(queue, options) {
      const [sentAt, id] = parseCursor(options.after) ?? (options.newestFirst ? lastPlace : firstPlace);
      const statement = options.newestFirst ? newestFirst : oldestFirst;
      const rows: Row[] = [];
      let bytes = 0;
      for (const row of statement.iterate(queue, sentAt, id, options.limit)) {
        rows.push(row);
        bytes += Number(row['length'] ?? String(row['body']).length);
        if (bytes >= maxPageBytes) break;
      }
      const last = rows.at(-1);
      const isFull = rows.length === options.limit || bytes >= maxPageBytes;
      // Opened for one page: what stays open keeps its place on the disk.
      const log = openLogFile(logFolder);
      const contents = createContentsReader(log);
      try {
        const messages = rows.map((row) => toListed(row, contents)).filter((message) => message !== undefined);
        return { messages, ...(last && isFull && { next: `${Number(last['sent_at'])}.${Number(last['id'])}` }) };
      } finally {
        log.close();
      }
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

function withContents(row: Row, { attributes, body }: Contents): ListedMessage {
  return {
    messageId: String(row['message_id']),
    body,
    attributes: JSON.parse(attributes) as MessageAttributes,
    sentAt: Number(row['sent_at']),
    enteredAt: Number(row['entered_at']),
    visibleAt: Number(row['visible_at']),
    receiveCount: Number(row['receive_count']),
  };
}
