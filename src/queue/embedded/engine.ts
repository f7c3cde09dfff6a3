import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import { type Command, createAcknowledgements } from './acknowledgements.ts';
import { type ClientPort, createClientPort } from './client-port.ts';
import { createBackground } from './background.ts';
import { isFull } from './database.ts';
import type { ContentsReader } from './intake/contents.ts';
import { createIntake, retryMs } from './intake/intake.ts';
import type { IntakeReader } from './intake/reader.ts';
import { createTakeOver } from './intake/take-over.ts';
import { createMessages, type Messages } from './messages.ts';
import { expiryJob, purgeJob } from './jobs.ts';
import type { LogSpace } from './log-space.ts';
import { createMoveTasks } from './move-tasks.ts';
import type { CommandKind, Commands, Hello, Request, Requests } from './protocol.ts';
import type { Reads } from './reads.ts';
import { createReclaim } from './reclaim.ts';
import { createReceivers, type Served } from './receivers.ts';
import { createSteps } from './steps.ts';
import type { Store, StoredQueue } from './store.ts';
import { unreachableQueues } from './unreachable.ts';

export interface EngineOptions {
  store: Store;
  clock: Clock;
  /** For `sentAt`, where it is ahead of `clock`: nothing may seem to have arrived after it was sent. @default `clock` */
  timeOfDay?: Clock;
  /** Reads on another connection, so possibly in another thread. */
  read<K extends keyof Reads>(kind: K, ...args: Parameters<Reads[K]>): Promise<ReturnType<Reads[K]>>;
  /**
   * Called after each turn that may have written, with the bytes of the messages that it took in.
   *
   * @returns when the next turn is to wait until it resolves
   */
  written?(bytes: number): Promise<void> | undefined;
  /** Resolves when everything committed before the call is on disk. */
  sync(): Promise<void>;
  /** Reads what the owner of the queues has written into the intake log. */
  intake: IntakeReader;
  /** Reads what a message holds that stands in it. */
  contents: ContentsReader;
  /** What the database needs of it. */
  space: LogSpace;
  /** Called before the log needs its next segment; see `Reclaim`. */
  prepareNext?(): void;
  /** Closes the database; a client asked for it. */
  closeStore(): Promise<void>;
}

export interface Engine {
  /** @param role the owner alone writes into the intake log */
  connect(port: MessagePort, role?: 'owner' | 'guest'): void;
  /** Looks at the clock again; for a clock that does not go by itself. */
  wake(): void;
  /** Where the intake log ended at the start; on a full disk that may be further than it was taken over. */
  readonly logEnd: number;
}

/** Something that changes messages, waiting for the next transaction. */
interface Write extends Command {
  bytes: number;
  /** Whether it counts as done only once it is on disk: a send. What else a loss of power undoes is done again. */
  mustLast: boolean;
  /** Gives what is answered, if anything is. */
  apply: (now: number) => unknown;
  answer?: unknown;
}

/** A transaction takes no more than this, so that the first of a crowd is not kept waiting for the last. */
const maxWritesPerTurn = 1024;
const maxBytesPerTurn = 8 * 2 ** 20;

const sweepEveryMs = 10_000;

/**
 * What stands in the intake log waits so long after the turn before for more: one large transaction costs less than many
 * small. Longer while nobody waits for a message; whoever asks for anything is not kept waiting by it.
 */
const gatherMs = { awaited: 2, otherwise: 25 };

/**
 * Serves clients over their ports. One turn takes all that waits, in one transaction, and answers after its commit; a
 * send is answered after the next sync of the disk, which all share that were committed meanwhile. Waiting receivers are
 * served within the same transaction.
 */
export function createEngine(options: EngineOptions): Engine {
  const { store, clock, timeOfDay = clock } = options;
  const stamp = (now: number) => Math.max(now, timeOfDay());
  const messages = createMessages({ store, stamp, contents: options.contents, space: options.space });
  // Before anything is received; where a full disk has no room for it, by the first that is.
  let givenBack = tryToGiveBack(messages, clock());
  const steps = createSteps(store, stamp);
  const tasks = createMoveTasks(store, steps, clock);
  const receivers = createReceivers(messages, store.queues);
  const background = createBackground(store, receivers);
  const takeOver = createTakeOver(options.intake, store, messages, (queue, at) => receivers.expect(queue, at));
  const lost = takeOver.recover(clock());
  const intake = createIntake(takeOver, store);
  const acknowledgements = createAcknowledgements({ sync, settled: wake });
  const reclaim = createReclaim({
    log: options.intake,
    space: options.space,
    position: () => store.intake,
    add: (job) => background.add(job),
    sync: () => acknowledgements.committed([], true),
    prepareNext: () => options.prepareNext?.(),
  });
  const clients = new Set<ClientPort>();
  let writes: Write[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let sweepAt = 0;
  let turnedAt = -Infinity;
  let gathering: NodeJS.Timeout | undefined;
  let held = false;
  let closed = false;
  let closing: Command | undefined;

  const handlers: {
    [K in CommandKind]: (client: ClientPort, seq: number, ...args: Commands[K]['args']) => void;
  } = {
    send(client, seq, name, messageId, attributes, delayMs, sentNotBefore, body) {
      const queue = named(name);
      const apply = (now: number) => {
        const sentAt = Math.max(stamp(now), sentNotBefore);
        messages.send(queue.id, { messageId, attributes, body, sentAt }, now, now + delayMs);
        receivers.expect(queue, now + delayMs);
      };
      writes.push({ client, seq, bytes: body.length + attributes.length, mustLast: true, apply });
    },
    receive(client, seq, name, maxMessages, waitMs, visibilityTimeoutMs, untilExit) {
      const deadline = clock() + waitMs;
      receivers.add(named(name), { client, seq, maxMessages, visibilityTimeoutMs, untilExit, deadline });
    },
    cancel(client, seq, receive) {
      for (const waiting of receivers.remove((one) => one.client === client && one.seq === receive))
        client.value(waiting.seq, []);
      client.done(seq);
    },
    delete(client, seq, name, handle) {
      const queue = named(name);
      write(client, seq, () => messages.delete(queue, handle));
    },
    visibility(client, seq, name, handle, visibleInMs) {
      const queue = named(name);
      write(client, seq, (now) => {
        const visibleAt = messages.changeVisibility(queue, handle, now + visibleInMs, now);
        if (visibleAt !== undefined) receivers.expect(queue, visibleAt);
        return visibleAt !== undefined;
      });
    },
    move(client, seq, name, destinationName, handle, attributes) {
      const [queue, destination] = [named(name), named(destinationName)];
      write(client, seq, (now) => {
        if (messages.move(queue, destination, handle, attributes, now)) receivers.expect(destination, now);
      });
    },
    depth(client, seq, name) {
      const { id } = named(name);
      intake.afterwards(() => void answer(client, seq, options.read('depth', id, clock())));
    },
    list(client, seq, name, list) {
      const { id } = named(name);
      intake.afterwards(() => void answer(client, seq, options.read('list', id, list)));
    },
    purge(client, seq, name, before) {
      const queue = named(name);
      const settle = {
        purged: (count: number) => client.value(seq, count),
        failed: (error: unknown) => client.failed(seq, error),
      };
      intake.afterwards(() => background.add(purgeJob(steps, queue, clock(), settle)), before);
    },
    startMoveTask(client, seq, name, task) {
      const queue = named(name);
      const start = async () => {
        const { visible, inFlight, delayed } = await options.read('depth', queue.id, clock());
        const started = tasks.start(queue, task, visible + inFlight + delayed);
        if (!started.ok) return started;
        background.add(started.job);
        return { ok: true, taskHandle: started.taskHandle };
      };
      intake.afterwards(() => void answer(client, seq, start()));
    },
    moveTasks: (client, seq, name) => client.value(seq, tasks.list(named(name))),
    cancelMoveTask: (client, seq, handle) => client.value(seq, tasks.cancel(handle)),
    catchUp: (client, seq) => intake.catchUp({ client, seq }),
    connect(client, seq, port) {
      connect(port, 'guest');
      client.done(seq);
    },
    close(client, seq) {
      closing = { client, seq };
    },
  };

  function named(name: string): StoredQueue {
    const queue = store.queues.get(name);
    if (!queue) throw new Error(`no queue is named ${name}`);
    return queue;
  }

  function write(client: ClientPort, seq: number, apply: Write['apply']): void {
    writes.push({ client, seq, bytes: 0, mustLast: false, apply });
  }

  async function answer(client: ClientPort, seq: number, value: Promise<unknown>): Promise<void> {
    try {
      client.value(seq, await value);
    } catch (error) {
      client.failed(seq, error);
    }
    wake();
  }

  function dispatch(client: ClientPort, [seq, kind, ...args]: Request): void {
    try {
      if (closing) throw new Error('the queues are closing');
      // The tuple's arguments belong to its kind, which TypeScript cannot follow through a lookup.
      const handle = handlers[kind] as (client: ClientPort, seq: number, ...args: readonly unknown[]) => void;
      handle(client, seq, ...args);
    } catch (error) {
      client.failed(seq, error);
    }
  }

  async function sync(): Promise<void> {
    const position = store.intake;
    const free = reclaim.syncs();
    await options.sync();
    intake.synced(position);
    free();
  }

  function connect(port: MessagePort, role: 'owner' | 'guest'): void {
    const client = createClientPort(port);
    clients.add(client);
    port.on('message', (requests: Requests) => {
      if (requests.length === 0) return wakeToGather();
      // Before the requests: what was accepted before they were asked for is there for them.
      intake.look();
      for (const request of requests) dispatch(client, request);
      wake();
    });
    port.on('close', () => {
      clients.delete(client);
      receivers.remove((receiver) => receiver.client === client);
    });
    const queues = [...store.queues.values()];
    const forOwner = () => ({
      intake: intake.owner(client),
      unreachable: unreachableQueues(store, clock()),
      shortened: store.shortened,
      lost,
    });
    port.postMessage({ queues, ...(role === 'owner' && forOwner()) } satisfies Hello);
  }

  function wake(): void {
    if (!closed && !held) scheduled ??= setImmediate(turn);
  }

  async function hold(until: Promise<void>): Promise<void> {
    held = true;
    await until;
    held = false;
    wake();
  }

  function wakeToGather(): void {
    const waitMs = turnedAt + (receivers.anyWaiting ? gatherMs.awaited : gatherMs.otherwise) - performance.now();
    if (waitMs <= 0) wake();
    else gathering ??= setTimeout(wake, waitMs);
  }

  function turn(): void {
    scheduled = undefined;
    clearTimeout(gathering);
    gathering = undefined;
    turnedAt = performance.now();
    // Not sooner: until it was heard, the bell calls nobody again.
    intake.look();
    const now = clock();
    const traffic = writes.length > 0 || intake.pending;
    const taken = takeWrites();
    const takenOver = commit(taken, now);
    for (const { client, seq } of receivers.expired(now)) client.value(seq, []);
    if (now >= sweepAt || sweepAt > now + sweepEveryMs) {
      sweepAt = now + sweepEveryMs;
      if (steps.hasExpired(now)) background.add(expiryJob(steps));
      reclaim.look();
    }
    reclaim.advanced();
    background.step(now, traffic);
    const heldUntil = options.written?.(taken.reduce((sum, { bytes }) => sum + bytes, takenOver));
    if (heldUntil) void hold(heldUntil);
    for (const client of clients) client.flush();
    if (!closing || writes.length > 0 || (intake.pending && !intake.stalled)) rest(now);
    else if (acknowledgements.idle) void close(closing);
  }

  function takeWrites(): Write[] {
    let bytes = 0;
    const end = writes.findIndex((write, index) => {
      bytes += write.bytes;
      return index >= maxWritesPerTurn || (index > 0 && bytes > maxBytesPerTurn);
    });
    const taken = end < 0 ? writes : writes.slice(0, end);
    writes = end < 0 ? [] : writes.slice(end);
    return taken;
  }

  /**
   * Answers nothing before its commit, and no send before it is on disk. If the commit fails, nothing was done, and all who
   * took part are told so; what stands in the intake log stays there.
   *
   * @returns the bytes that were taken over
   */
  function commit(taken: Write[], now: number): number {
    if (taken.length === 0 && !intake.pending && !receivers.anyDue(now)) {
      intake.committed();
      return 0;
    }
    const served: Served[] = [];
    let takenOver = 0;
    try {
      if (!givenBack) messages.giveBack(now);
      givenBack = true;
      store.transaction(() => {
        takenOver = intake.step(now);
        for (const write of taken) write.answer = write.apply(now);
        receivers.serve(now, served);
      });
      for (const { client, seq, mustLast, answer: value } of taken)
        if (value !== undefined) client.value(seq, value);
        else if (!mustLast) client.done(seq);
      const lasting = taken.filter(({ mustLast }) => mustLast);
      acknowledgements.committed(lasting, intake.syncSoon);
      for (const { receiver, messages } of served) receiver.client.value(receiver.seq, messages);
      intake.committed();
      return takenOver;
    } catch (error) {
      for (const { client, seq } of taken) client.failed(seq, error);
      for (const { client, seq } of receivers.undo(now, served)) client.failed(seq, error);
      intake.failed(error);
      return 0;
    }
  }

  /** Goes on at once when more is due, else when the next thing is. */
  function rest(now: number): void {
    clearTimeout(timer);
    const retryAt = intake.stalled ? now + retryMs : Infinity;
    const at = Math.min(receivers.nextAt(), background.nextAt(now), sweepAt, retryAt);
    if (writes.length > 0 || (intake.pending && !intake.stalled) || at <= now) return wake();
    timer = setTimeout(wake, Math.min(Math.ceil(at - now), sweepEveryMs));
  }

  async function close({ client, seq }: Command): Promise<void> {
    closed = true;
    clearTimeout(timer);
    acknowledgements.stop();
    for (const receiver of receivers.remove(() => true)) receiver.client.value(receiver.seq, []);
    try {
      await options.closeStore();
      client.done(seq);
    } catch (error) {
      client.failed(seq, error);
    }
    for (const each of clients) {
      each.flush();
      each.port.close();
    }
  }

  if (takeOver.pending) wake();
  return { connect: (port, role = 'guest') => connect(port, role), wake, logEnd: takeOver.end };
}

function tryToGiveBack(messages: Messages, now: number): boolean {
  try {
    messages.giveBack(now);
    return true;
  } catch (error) {
    if (isFull(error)) return false;
    throw error;
  }
}
