import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import { HookportError } from '../../errors.ts';
import { createClientQueue } from './client-queue.ts';
import type { EmbeddedQueue, EmbeddedQueues } from './embedded-queue.ts';
import { openAppendFile } from './intake/append-file.ts';
import { createBell } from './intake/bell.ts';
import { createIntakeWriter, type IntakeWriter } from './intake/writer.ts';
import { createLink, type Link } from './link.ts';
import type { LostPart } from './intake/take-over.ts';
import type { Hello, IntakeStart } from './protocol.ts';
import type { Sender } from './send.ts';
import { unavailable } from './unavailable.ts';

/** What the owner of the queues has beside its port. */
export interface Ownership {
  /** It writes what is sent into the intake log itself; a guest hands it to the engine. */
  logFolder: string;
  /** What `sentAt` becomes. */
  clock: Clock;
  /** The log cannot be written any more: the process had better start again. */
  broken: (error: Error) => void;
  /** The disk has damaged or lost a part of the log, as the start found, or the engine later. */
  lost: (part: LostPart) => void;
}

/**
 * Makes a client of the engine from a port of `EmbeddedQueues.connect`, in whichever thread the port came to.
 *
 * @param ownership of the one client whose `close` ends the engine; a guest just leaves
 * @throws HookportError `queue_unavailable` when the engine is gone
 */
export async function attachEmbeddedQueues(port: MessagePort, ownership?: Ownership): Promise<EmbeddedQueues> {
  const gone = once(port, 'close').then(() => undefined);
  const [hello] = (await Promise.race([once(port, 'message'), gone])) ?? [];
  if (hello === undefined) throw unavailable('the engine is gone');
  const answer = hello as Hello;
  if ('failed' in answer) throw new HookportError(answer.failed.code, answer.failed.message);
  for (const part of answer.lost ?? []) ownership?.lost(part);
  const { link, sender, leave } = ownership ? own(port, ownership, answer.intake) : visit(port);
  const queues = new Map<string, EmbeddedQueue>(
    answer.queues.map((queue) => [queue.settings.name, createClientQueue(link, queue, sender)]),
  );
  let closing: Promise<void> | undefined;
  return {
    queue(name) {
      const queue = queues.get(name);
      if (!queue) throw new HookportError('queue_not_found', `no queue is named ${name}`);
      return queue;
    },
    names: () => [...queues.keys()],
    unreachable: answer.unreachable ?? [],
    shortened: answer.shortened ?? [],
    connect() {
      const { port1, port2 } = new MessageChannel();
      // When the engine is gone, so is the other end of the port, which says so by itself.
      link.ask('connect', port2).catch(() => port2.close());
      return port1;
    },
    cancelMoveTask: (taskHandle) => link.ask('cancelMoveTask', taskHandle),
    close: () => (closing ??= leave()),
  };
}

interface Client {
  link: Link;
  sender: Sender;
  leave: () => Promise<void>;
}

function visit(port: MessagePort): Client {
  const link = createLink(port);
  return {
    link,
    sender: {
      send({ queue, messageId, attributes, delayMs, sentNotBefore, body }) {
        // In memory of its own: what a small Buffer shares with others would be copied along.
        const alone = new Uint8Array(body);
        return link.ask('send', queue.settings.name, messageId, attributes, delayMs, sentNotBefore, alone);
      },
      mark: (reached) => reached(0),
    },
    async leave() {
      await link.settled();
      link.close();
    },
  };
}

function own(
  port: MessagePort,
  { logFolder, clock, broken, lost }: Ownership,
  intake: IntakeStart | undefined,
): Client {
  if (!intake) throw new HookportError('internal', 'this client is not the one that owns the intake log');
  const bell = createBell(intake.bell);
  const file = openAppendFile(logFolder);
  const link = createLink(port, {
    intake({ freed, stalled }) {
      writer.freed(freed);
      if (stalled) writer.stalled();
    },
    lost,
    closed: () => writer.close(),
  });
  const writer: IntakeWriter = createIntakeWriter({
    file,
    at: intake.at,
    announce(position) {
      if (bell.ring(position)) link.call();
    },
    catchUp: () => link.ask('catchUp'),
    broken,
  });
  writer.freed(intake.freed);
  if (intake.stalled) writer.stalled();
  return {
    link,
    sender: {
      send: ({ queue, messageId, attributes, delayMs, sentNotBefore, body }) =>
        writer.send({
          queue: queue.id,
          messageId,
          attributes,
          delayMs,
          sentAt: Math.max(clock(), sentNotBefore),
          body,
        }),
      mark: (reached) => writer.mark(reached),
    },
    async leave() {
      await writer.settled();
      writer.close();
      await link.settled();
      try {
        await link.ask('close');
      } finally {
        link.close();
        file.close();
      }
    },
  };
}
