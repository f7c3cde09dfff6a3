import { HookportError } from '../../src/errors.ts';
import type { MessageAttribute, MessageAttributes, Queue, ReceivedMessage } from '../../src/queue/queue.ts';

interface Held {
  messageId: string;
  body: string;
  attributes: MessageAttributes;
  sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  handle: string | undefined;
}

/** A queue in memory that goes by `Date.now`, which tests fake. Every operation is written down in `calls`. */
export interface FakeQueue extends Queue {
  readonly calls: { operation: string; seconds?: number; maxMessages?: number }[];
  readonly messages: readonly Held[];
  put(body: string, attributes: MessageAttributes): string;
  /** The next so many calls of an operation reject with `queue_unavailable`. */
  fail(operation: 'send' | 'receive' | 'delete' | 'changeVisibility' | 'moveTo', times: number): void;
  /** Receives the single next message at once. */
  take(visibilityTimeoutSeconds?: number): Promise<ReceivedMessage>;
}

let lastId = 0;

export function createFakeQueue(name = 'queue'): FakeQueue {
  const held: Held[] = [];
  const calls: FakeQueue['calls'] = [];
  const faults = new Map<string, number>();
  const waiters = new Set<() => void>();
  const wake = () => {
    for (const waiter of waiters) waiter();
  };
  const call = (operation: string, more: object = {}) => {
    calls.push({ operation, ...more });
    const left = faults.get(operation) ?? 0;
    if (left === 0) return;
    faults.set(operation, left - 1);
    throw new HookportError('queue_unavailable', `${operation} failed`);
  };
  const put = (body: string, attributes: MessageAttributes): string => {
    const messageId = `message-${++lastId}`;
    const now = Date.now();
    const message = { messageId, body, attributes, sentAt: now, visibleAt: now, receiveCount: 0 };
    held.push({ ...message, firstReceivedAt: 0, handle: undefined });
    wake();
    return messageId;
  };
  const due = () => held.filter(({ visibleAt }) => visibleAt <= Date.now());
  const of = (handle: string) => held.find((message) => message.handle === handle);
  const remove = (handle: string) => {
    const message = of(handle);
    if (message) held.splice(held.indexOf(message), 1);
    return message;
  };

  return {
    name,
    calls,
    messages: held,
    put,
    fail: (operation, times) => void faults.set(operation, times),
    async take(visibilityTimeoutSeconds = 30) {
      const [message] = await this.receive({ maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds });
      if (!message) throw new Error('the queue gave nothing');
      return message;
    },
    async send({ body, attributes }) {
      call('send');
      return { ok: true, messageId: put(body, attributes) };
    },
    async receive({ maxMessages, waitSeconds, visibilityTimeoutSeconds = 30, signal }) {
      call('receive', { maxMessages });
      if (due().length === 0 && waitSeconds > 0 && !signal?.aborted)
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer);
            waiters.delete(check);
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const check = () => due().length > 0 && done();
          const timer = setTimeout(done, waitSeconds * 1000);
          waiters.add(check);
          signal?.addEventListener('abort', done);
        });
      return due()
        .slice(0, maxMessages)
        .map((message) => {
          message.receiveCount += 1;
          message.firstReceivedAt ||= Date.now();
          message.visibleAt = Date.now() + visibilityTimeoutSeconds * 1000;
          message.handle = `${message.messageId}#${message.receiveCount}`;
          const { messageId, body, attributes, sentAt, receiveCount, firstReceivedAt, handle } = message;
          return { messageId, body, attributes, sentAt, receiveCount, firstReceivedAt, receiptHandle: handle };
        });
    },
    async delete(handle) {
      call('delete');
      remove(handle);
    },
    async changeVisibility(handle, seconds) {
      call('changeVisibility', { seconds });
      const message = of(handle);
      if (!message || message.visibleAt <= Date.now()) return false;
      message.visibleAt = Date.now() + seconds * 1000;
      setTimeout(wake, seconds * 1000);
      return true;
    },
    async moveTo(destination, message, changes) {
      call('moveTo');
      const attributes = Object.entries({ ...message.attributes, ...changes });
      if (!remove(message.receiptHandle)) return;
      const kept = attributes.filter((entry): entry is [string, MessageAttribute] => entry[1] !== null);
      await destination.send({ body: message.body, attributes: Object.fromEntries(kept) });
    },
    async depth() {
      const visible = due().length;
      return { visible, inFlight: held.length - visible, delayed: 0 };
    },
  };
}
