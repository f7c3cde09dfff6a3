import type { ReceivedMessage } from '../queue.ts';
import type { Contents, ContentsReader, LogPlace } from './intake/contents.ts';
import { contentsOf, type LogSpace } from './log-space.ts';
import { warnOfLoss } from './loss.ts';
import { newMessageId } from './message-id.ts';
import { isOutOfDescriptors } from './descriptors.ts';
import { formatReceiptHandle, parseReceiptHandle } from './receipt-handle.ts';
import type { Store, StoredQueue } from './store.ts';

/** What is done to messages, synchronously and inside the caller's transaction. Times are epoch milliseconds. */
export interface Messages {
  /** @param queue its number, also of one that the plan no longer has */
  send(queue: number, message: NewMessage, now: number, visibleAt: number): void;
  /** Like `send`, of a message that stands in the intake log and stays there. */
  takeOver(queue: number, message: LoggedMessage, now: number, visibleAt: number): void;
  /** A message that the disk lost is warned of and stays where it is, hidden as if somebody had it in hand. */
  receive(queue: StoredQueue, options: TakeOptions, now: number): Received;
  delete(queue: StoredQueue, handle: string): void;
  /** @returns when the message will be visible; undefined if the handle was ignored */
  changeVisibility(queue: StoredQueue, handle: string, visibleAt: number, now: number): number | undefined;
  /**
   * Like a send to `destination` and a delete here: a new message id, age and receive count.
   * @returns whether the handle still named a message
   */
  move(queue: StoredQueue, destination: StoredQueue, handle: string, added: string, now: number): boolean;
  /** When the next message of the queue is visible; Infinity when the queue is empty. */
  nextDue(queue: StoredQueue): number;
  /**
   * At the start, in a transaction of its own: makes visible, at its old place in the line, what a process that is gone
   * had received with `untilExit`; and what waits for a time that the clock of then would have come to, but not that of now.
   */
  giveBack(now: number): void;
}

/** A received message as it crosses threads: its attributes are still JSON. */
export type StoredMessage = Omit<ReceivedMessage, 'attributes'> & { attributes: string };

/** A message as a client hands it over. */
export interface NewMessage {
  messageId: string;
  /** JSON of MessageAttributes. */
  attributes: string;
  /** UTF-8. */
  body: Uint8Array;
  sentAt: number;
}

/** A message whose attributes and body stand in the intake log. */
export interface LoggedMessage extends LogPlace {
  messageId: string;
  sentAt: number;
}

/** How messages are taken; see `ReceiveOptions`. */
export interface TakeOptions {
  maxMessages: number;
  visibilityTimeoutMs: number;
  untilExit: boolean;
}

export interface Received {
  messages: StoredMessage[];
  /** How many messages went to the dead-letter queue instead. */
  deadLettered: number;
  /** Whether it stopped because it had done enough for one step, though more may be due. */
  unfinished: boolean;
}

/** Redrive and expiry within one receive stop here, so that a queue full of dead messages stalls nobody. */
const maxSkippedPerReceive = 100;

/**
 * The end of the process is not the fault of what it had in hand, so that receive does not count; but for a message that
 * is there whenever the process dies, it does.
 */
const maxFreeReturns = 20;

/** SQS's longest visibility timeout; nothing waits longer. */
const longestWaitMs = 43_200_000;

/** A clock that is behind by less was corrected: what waits does so for that much longer, at most. */
const correctionMs = 60_000;

/**
 * What a move sets: queue, message id, when it is visible, sent and entered. It is sent never earlier than before, even by a clock
 * that was set back since: it would seem to have arrived after it was sent.
 */
export const moved = `queue = ?, message_id = ?, visible_at = ?, sent_at = max(sent_at, ?), entered_at = ?, receive_count = 0,
  first_received_at = NULL, until_exit = 0, given_back = 0, dead_letter_source = NULL`;

export interface MessagesOptions {
  store: Store;
  /** What is written as `sentAt`, given the clock's now. */
  stamp: (now: number) => number;
  /** What the intake log holds. */
  contents: ContentsReader;
  space: Pick<LogSpace, 'bringIn'>;
}

export function createMessages({ store, stamp, contents, space }: MessagesOptions): Messages {
  const { database, queues, retentionMs } = store;
  const insert = database.prepare(
    `INSERT INTO message (id, queue, visible_at, receive_count, sent_at, entered_at, message_id, attributes, body)
     VALUES (?, ?, ?, 0, ?, ?, ?, ?, CAST(? AS TEXT))`,
  );
  const insertLogged = database.prepare(
    `INSERT INTO message (id, queue, visible_at, receive_count, sent_at, entered_at, message_id, position, length, attributes, body)
     VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, '', '')`,
  );
  // SQLite would give a row's number again once the last rows are gone, and a purge that runs would take the new one with it.
  let lastRow = Number(database.prepare('SELECT max(id) AS id FROM message').get()?.['id'] ?? 0);
  const due = database.prepare(
    'SELECT id, receive_count FROM message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, receive_count LIMIT ?',
  );
  // Reading and then writing takes three quarters of the time of one UPDATE … RETURNING.
  const read = database.prepare(
    `SELECT message_id, sent_at, first_received_at, dead_letter_source, position, length, attributes, body
     FROM message WHERE id = ?`,
  );
  const take = database.prepare(
    'UPDATE message SET visible_at = ?, receive_count = ?, first_received_at = ?, until_exit = ? WHERE id = ?',
  );
  const toDeadLetters = database.prepare(
    'UPDATE message SET queue = ?, visible_at = ?, entered_at = ?, dead_letter_source = ?, until_exit = 0 WHERE id = ?',
  );
  const removeRow = database.prepare('DELETE FROM message WHERE id = ?');
  const held = 'id = ? AND queue = ? AND receive_count = ? AND message_id = ?';
  const remove = database.prepare(`DELETE FROM message WHERE ${held}`);
  const setVisible = database.prepare(
    `UPDATE message SET visible_at = ?, until_exit = 0 WHERE ${held} AND visible_at > ?`,
  );
  const moveRow = database.prepare(`UPDATE message SET ${moved}, attributes = json_patch(attributes, ?) WHERE ${held}`);
  const first = database.prepare('SELECT visible_at FROM message WHERE queue = ? ORDER BY visible_at LIMIT 1');
  const inHand = database.prepare('SELECT 1 FROM message WHERE until_exit = 1 LIMIT 1');
  const returnAll = database.prepare(
    `UPDATE message SET visible_at = min(visible_at, sent_at), until_exit = 0, given_back = given_back + 1,
       receive_count = receive_count - (given_back < ${maxFreeReturns}) WHERE until_exit = 1`,
  );
  // Sent or received at a time that is still to come, or waiting longer than anything can: the clock was set back since.
  const tooLate = `queue = ? AND visible_at > ? AND
    (visible_at <= sent_at OR max(sent_at, ifnull(first_received_at, 0)) > ? OR visible_at > ?)`;
  const hidden = database.prepare(`SELECT 1 FROM message WHERE ${tooLate} LIMIT 1`);
  const show = database.prepare(`UPDATE message SET visible_at = ? WHERE ${tooLate}`);
  const names = new Map([...queues.values()].map(({ id, settings }) => [id, settings.name]));

  /** Undefined for what the disk lost, which is warned of: it must not keep others waiting. */
  function readable(message: Row): Contents | undefined {
    try {
      return contentsOf(message, contents);
    } catch (error) {
      // As one that is lost it would be hidden, and end in the dead-letter queue.
      if (isOutOfDescriptors(error)) throw error;
      warnOfLoss(message['message_id'], error);
      return undefined;
    }
  }

  return {
    send(queue, { messageId, attributes, body, sentAt }, now, visibleAt) {
      insert.run(++lastRow, queue, visibleAt, sentAt, now, messageId, attributes, body);
      store.count(queue, 1);
    },
    takeOver(queue, { messageId, sentAt, position, length }, now, visibleAt) {
      insertLogged.run(++lastRow, queue, visibleAt, sentAt, now, messageId, position, length);
      store.count(queue, 1);
    },
    receive(queue, { maxMessages, visibilityTimeoutMs, untilExit }, now) {
      const { redrive } = queue.settings;
      const deadLetters = redrive && queues.get(redrive.deadLetterQueue);
      const oldest = now - (retentionMs.get(queue.id) ?? 0);
      const received: Received = { messages: [], deadLettered: 0, unfinished: false };
      const taken = new Set<number>();
      let skipped = 0;
      while (received.messages.length < maxMessages) {
        const missing = maxMessages - received.messages.length;
        // With a visibility timeout of 0 a taken message is due at once: it must not be taken twice in one receive.
        const rows = due.all(queue.id, now, missing + taken.size).filter((row) => !taken.has(Number(row['id'])));
        for (const row of rows) {
          if (received.messages.length === maxMessages) break;
          const id = Number(row['id']);
          if (redrive && deadLetters && Number(row['receive_count']) >= redrive.maxReceiveCount) {
            toDeadLetters.run(deadLetters.id, now, now, queue.id, id);
            store.count(queue.id, -1);
            store.count(deadLetters.id, 1);
            received.deadLettered++;
            skipped++;
            continue;
          }
          const message = read.get(id);
          if (!message || Number(message['sent_at']) <= oldest) {
            store.count(queue.id, -Number(removeRow.run(id).changes));
            skipped++;
            continue;
          }
          const receiveCount = Number(row['receive_count']) + 1;
          // Never before it was sent, even by a clock that was set back since.
          const firstReceivedAt = Number(message['first_received_at'] ?? Math.max(now, Number(message['sent_at'])));
          take.run(now + visibilityTimeoutMs, receiveCount, firstReceivedAt, Number(untilExit), id);
          taken.add(id);
          const held = readable(message);
          if (held) received.messages.push(toStored(id, receiveCount, firstReceivedAt, { ...message, ...held }, names));
          else skipped++;
        }
        if (rows.length < missing) return received;
        if (skipped >= maxSkippedPerReceive) return { ...received, unfinished: true };
      }
      return received;
    },
    delete(queue, handle) {
      const receipt = parseReceiptHandle(handle);
      if (!receipt) return;
      const { changes } = remove.run(receipt.row, queue.id, receipt.receiveCount, receipt.messageId);
      store.count(queue.id, -Number(changes));
    },
    changeVisibility(queue, handle, visibleAt, now) {
      const receipt = parseReceiptHandle(handle);
      if (!receipt) return undefined;
      const { row, receiveCount, messageId } = receipt;
      return setVisible.run(visibleAt, row, queue.id, receiveCount, messageId, now).changes ? visibleAt : undefined;
    },
    move(queue, destination, handle, added, now) {
      const receipt = parseReceiptHandle(handle);
      if (!receipt) return false;
      const { row, receiveCount, messageId } = receipt;
      // What changes its attributes is a dead letter, which stays for days: its segment should not have to wait for it.
      const loss = space.bringIn(row);
      if (loss) {
        warnOfLoss(messageId, loss);
        return false;
      }
      const { changes } = moveRow.run(
        destination.id,
        newMessageId(),
        now,
        stamp(now),
        now,
        added,
        row,
        queue.id,
        receiveCount,
        messageId,
      );
      if (!changes) return false;
      store.count(queue.id, -1);
      store.count(destination.id, 1);
      return true;
    },
    giveBack(now) {
      // Nothing is written when there is nothing to give back: a start should not wait for the disk.
      if (inHand.get()) store.transaction(() => returnAll.run());
      const bounds = [now, now + correctionMs, now + longestWaitMs];
      const isHidden = (id: number) => hidden.get(id, ...bounds) !== undefined;
      const ids = [...retentionMs.keys()].filter(isHidden);
      if (ids.length > 0)
        store.transaction(() => {
          for (const id of ids) show.run(now, id, ...bounds);
        });
    },
    nextDue: (queue) => Number(first.get(queue.id)?.['visible_at'] ?? Infinity),
  };
}

type Row = Record<string, unknown>;

function toStored(
  row: number,
  receiveCount: number,
  firstReceivedAt: number,
  message: Row,
  names: ReadonlyMap<number, string>,
): StoredMessage {
  const messageId = String(message['message_id']);
  const source = names.get(Number(message['dead_letter_source']));
  return {
    messageId,
    receiptHandle: formatReceiptHandle({ row, receiveCount, messageId }),
    body: String(message['body']),
    attributes: String(message['attributes']),
    sentAt: Number(message['sent_at']),
    firstReceivedAt,
    receiveCount,
    ...(source !== undefined && { deadLetterSource: source }),
  };
}
