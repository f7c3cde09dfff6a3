import { HookportError } from '../../errors.ts';
import { bodyRefusal, refusalOf } from '../message-rules.ts';
import type { AttributeChanges, MessageAttributes, ReceivedMessage, SendResult } from '../queue.ts';
import type { EmbeddedQueue } from './embedded-queue.ts';
import type { Link } from './link.ts';
import { newMessageId } from './message-id.ts';
import type { StoredMessage } from './messages.ts';
import type { ClientQueue, Sender } from './send.ts';

/** One queue, as a client sees it. What can be decided without the engine is decided here, in the caller's thread. */
export function createClientQueue(link: Link, queue: ClientQueue, sender: Sender): EmbeddedQueue {
  const { settings, createdAt } = queue;
  const { name, maxMessageBytes } = settings;
  // Without `async`, here and in `sendBytes`: they stand on the accept path, and each promise in a promise costs three turns.
  const post = (body: Buffer, attributes: string, delayMs: number, sentNotBefore: number): Promise<SendResult> => {
    const messageId = newMessageId();
    return sender
      .send({ queue, messageId, attributes, delayMs, sentNotBefore, body })
      .then(() => ({ ok: true, messageId }));
  };
  return {
    name,
    settings,
    createdAt,
    async send(message) {
      const { body, attributes, delaySeconds = 0 } = message;
      const refusal = refusalOf(message, maxMessageBytes);
      return refusal ?? post(Buffer.from(body), JSON.stringify(attributes), delaySeconds * 1000, 0);
    },
    sendBytes(body, attributes, arrivedAt) {
      const refusal = bodyRefusal(body, attributes.bytes, maxMessageBytes);
      return refusal ? Promise.resolve(refusal) : post(body, attributes.json, 0, arrivedAt);
    },
    async receive({ maxMessages, waitSeconds, untilExit = false, signal, ...options }) {
      const { visibilityTimeoutSeconds = settings.visibilityTimeoutSeconds } = options;
      within('maxMessages', maxMessages, 1, 10);
      within('waitSeconds', waitSeconds, 0, 20);
      within('visibilityTimeoutSeconds', visibilityTimeoutSeconds, 0, maxVisibilitySeconds);
      const waitMs = Math.round(waitSeconds * 1000);
      const visibilityMs = Math.round(visibilityTimeoutSeconds * 1000);
      const messages = await link.receive([name, maxMessages, waitMs, visibilityMs, untilExit], signal);
      return messages.map(toReceived);
    },
    delete: (handle) => link.ask('delete', name, handle),
    async changeVisibility(handle, seconds) {
      within('seconds', seconds, 0, maxVisibilitySeconds);
      return link.ask('visibility', name, handle, Math.round(seconds * 1000));
    },
    moveTo: (destination, message, attributes) =>
      link.ask('move', name, destination.name, message.receiptHandle, mergePatchOf(attributes)),
    depth: () => link.ask('depth', name),
    purge: () =>
      new Promise((resolve) => {
        sender.mark((position) => {
          resolve(link.ask('purge', name, position));
          // Before anything that is sent from now on.
          link.flush();
        });
      }),
    async list(options) {
      within('limit', options.limit, 1, 1000);
      return link.ask('list', name, options);
    },
    startMoveTask: (options = {}) => link.ask('startMoveTask', name, options),
    moveTasks: () => link.ask('moveTasks', name),
  };
}

function toReceived({ attributes, ...message }: StoredMessage): ReceivedMessage {
  return { ...message, attributes: JSON.parse(attributes) as MessageAttributes };
}

/** The engine changes attributes by RFC 7396, which merges objects: of an attribute that is replaced no value may stay. */
function mergePatchOf(changes: AttributeChanges): string {
  const patch = Object.entries(changes).map(([name, attribute]) => [
    name,
    attribute && {
      ...attribute,
      stringValue: attribute.stringValue ?? null,
      binaryValue: attribute.binaryValue ?? null,
    },
  ]);
  return JSON.stringify(Object.fromEntries(patch));
}

const maxVisibilitySeconds = 43_200;

function within(what: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most))
    throw new HookportError('usage', `${what} is ${value}; it must be ${least} to ${most}`);
}
