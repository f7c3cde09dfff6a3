import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { HookportError } from '../../errors.ts';
import { createClientQueue } from './client-queue.ts';
import type { EmbeddedQueue, EmbeddedQueues } from './embedded-queue.ts';
import { createLink, type Link } from './link.ts';
import type { Hello } from './protocol.ts';

/**
 * Makes a client of the engine from a port of `EmbeddedQueues.connect`, in whichever thread the port came to.
 *
 * @param role the owner's `close` ends the engine; a guest just leaves
 * @throws HookportError `queue_unavailable` when the engine is gone
 */
export async function attachEmbeddedQueues(
  port: MessagePort,
  role: 'guest' | 'owner' = 'guest',
): Promise<EmbeddedQueues> {
  const gone = once(port, 'close').then(() => undefined);
  const [hello] = (await Promise.race([once(port, 'message'), gone])) ?? [];
  if (hello === undefined) throw new HookportError('queue_unavailable', 'the embedded queue: the engine is gone');
  const answer = hello as Hello;
  if ('failed' in answer) throw new HookportError(answer.failed.code, answer.failed.message);
  const link = createLink(port);
  const queues = new Map<string, EmbeddedQueue>(
    answer.queues.map(({ settings, createdAt }) => [settings.name, createClientQueue(link, settings, createdAt)]),
  );
  let closing: Promise<void> | undefined;
  return {
    queue(name) {
      const queue = queues.get(name);
      if (!queue) throw new HookportError('queue_not_found', `no queue is named ${name}`);
      return queue;
    },
    names: () => [...queues.keys()],
    connect() {
      const { port1, port2 } = new MessageChannel();
      // When the engine is gone, so is the other end of the port, which says so by itself.
      link.ask('connect', port2).catch(() => port2.close());
      return port1;
    },
    cancelMoveTask: (taskHandle) => link.ask('cancelMoveTask', taskHandle),
    close: () => (closing ??= leave(link, role)),
  };
}

async function leave(link: Link, role: 'guest' | 'owner'): Promise<void> {
  await link.settled();
  try {
    if (role === 'owner') await link.ask('close');
  } finally {
    link.close();
  }
}
