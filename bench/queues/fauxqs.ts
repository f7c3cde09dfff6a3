import { buildApp } from 'fauxqs';
import type { ReceivedMessage } from '../../src/queue/queue.ts';
import { message } from './message.ts';
import type { OpenedQueue } from './opened.ts';

/** What of fauxqs's own classes is used: its package exports only the server, whose store cannot be reached. */
interface FauxqsQueue {
  persistence?: unknown;
  enqueue(message: { messageId: string }): void;
  dequeue(maxCount: number): { MessageId: string; ReceiptHandle: string; Body: string }[];
  deleteMessage(receiptHandle: string): boolean;
}

interface FauxqsStore {
  persistence?: unknown;
  createQueue(name: string, url: string, arn: string, attributes: Record<string, string>): FauxqsQueue;
}

interface FauxqsPersistence {
  db: { exec(sql: string): void };
  close(): void;
}

type BuildOptions = NonNullable<Parameters<typeof buildApp>[0]>;

/** fauxqs in memory, or written through to SQLite in the folder, as its own `startFauxqs` puts it together. */
export async function openFauxqs(mode: 'memory' | 'persisted', folder: string): Promise<OpenedQueue> {
  const load = async (file: string): Promise<Record<string, unknown>> =>
    (await import(new URL(file, import.meta.resolve('fauxqs')).href)) as Record<string, unknown>;
  const SqsStore = (await load('./sqs/sqsStore.js'))['SqsStore'] as {
    new (): FauxqsStore;
    createMessage(body: string, attributes: object): { messageId: string };
  };
  const SnsStore = (await load('./sns/snsStore.js'))['SnsStore'] as new () => object;
  const S3Store = (await load('./s3/s3Store.js'))['S3Store'] as new () => object;
  const Persistence = (await load('./persistence.js'))['PersistenceManager'] as new (
    folder: string,
  ) => FauxqsPersistence;

  const persistence = mode === 'persisted' ? new Persistence(folder) : undefined;
  const store = new SqsStore();
  store.persistence = persistence;
  const stores = { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() } as unknown;
  const app = buildApp({ logger: false, stores } as BuildOptions);
  const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
  const queue = store.createQueue(
    'bench',
    `http://127.0.0.1:${port}/000000000000/bench`,
    'arn:aws:sqs:us-east-1:000000000000:bench',
    { VisibilityTimeout: '3600' },
  );
  const attributes = Object.fromEntries(
    Object.entries(message.attributes).map(([name, { dataType, stringValue }]) => [
      name,
      { DataType: dataType, StringValue: stringValue },
    ]),
  );
  const send = (body: string) => {
    const sent = SqsStore.createMessage(body, attributes);
    queue.enqueue(sent);
    return sent;
  };
  return {
    port,
    queue: {
      async send({ body }) {
        return { ok: true, messageId: send(body).messageId };
      },
      async receive({ maxMessages }) {
        return queue.dequeue(maxMessages).map(({ MessageId, ReceiptHandle, Body }): ReceivedMessage => ({
          messageId: MessageId,
          receiptHandle: ReceiptHandle,
          body: Body,
          attributes: {},
          sentAt: 0,
          firstReceivedAt: 0,
          receiveCount: 1,
        }));
      },
      async delete(receiptHandle) {
        queue.deleteMessage(receiptHandle);
      },
    },
    async fill(count) {
      // One commit for all, and memory for it: a million would take ten minutes with one for each.
      persistence?.db.exec('PRAGMA cache_size = -1000000; BEGIN');
      for (let sent = 0; sent < count; sent += 1) send(message.body);
      // Its own size is 2 MB.
      persistence?.db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = -2000; PRAGMA shrink_memory');
    },
    async close() {
      await app.close();
      persistence?.close();
    },
  };
}
