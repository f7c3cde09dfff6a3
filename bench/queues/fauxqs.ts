import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Queue, ReceivedMessage } from '../../src/queue/queue.ts';

/** What of fauxqs's own classes is used. Its package exports only the server, which would measure HTTP instead. */
interface FauxqsQueue {
  persistence?: unknown;
  enqueue(message: { messageId: string; md5OfBody: string }): void;
  dequeue(maxCount: number): { MessageId: string; ReceiptHandle: string; Body: string }[];
  deleteMessage(receiptHandle: string): boolean;
}

interface FauxqsStore {
  persistence?: unknown;
  createQueue(name: string, url: string, arn: string): FauxqsQueue;
}

/** A queue of fauxqs without its server: in memory, or written through to SQLite. Only what the benchmark calls. */
export async function openFauxqs(mode: 'memory' | 'persisted') {
  const load = async (file: string): Promise<Record<string, unknown>> =>
    (await import(new URL(file, import.meta.resolve('fauxqs')).href)) as Record<string, unknown>;
  const SqsStore = (await load('./sqs/sqsStore.js'))['SqsStore'] as {
    new (): FauxqsStore;
    createMessage(body: string, attributes: object): { messageId: string; md5OfBody: string };
  };
  const Persistence = (await load('./persistence.js'))['PersistenceManager'] as new (folder: string) => {
    close(): void;
  };
  const folder = mkdtempSync(join(tmpdir(), 'hookport-fauxqs-'));
  const persistence = mode === 'persisted' ? new Persistence(folder) : undefined;
  const store = new SqsStore();
  store.persistence = persistence;
  const stored = store.createQueue(
    'bench',
    'http://127.0.0.1/000000000000/bench',
    'arn:aws:sqs:us-east-1:000000000000:bench',
  );
  const queue = {
    name: 'bench',
    async send({ body, attributes }) {
      const sent = SqsStore.createMessage(
        body,
        Object.fromEntries(
          Object.entries(attributes).map(([name, { dataType, stringValue }]) => [
            name,
            { DataType: dataType, StringValue: stringValue },
          ]),
        ),
      );
      stored.enqueue(sent);
      return { ok: true, messageId: sent.messageId, md5OfBody: sent.md5OfBody };
    },
    async receive({ maxMessages }) {
      return stored.dequeue(maxMessages).map(({ MessageId, ReceiptHandle, Body }): ReceivedMessage => ({
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
      stored.deleteMessage(receiptHandle);
    },
  } satisfies Pick<Queue, 'name' | 'send' | 'receive' | 'delete'>;
  return {
    queue: queue as unknown as Queue,
    async close() {
      persistence?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
