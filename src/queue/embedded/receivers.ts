import type { ClientPort } from './client-port.ts';
import type { Messages, StoredMessage } from './messages.ts';
import type { StoredQueue } from './store.ts';

/** A receive that has not been answered. Times are epoch milliseconds. */
export interface Receiver {
  client: ClientPort;
  seq: number;
  maxMessages: number;
  visibilityTimeoutMs: number;
  /** See `ReceiveOptions`. */
  untilExit: boolean;
  /** When it gives up and resolves empty. */
  deadline: number;
}

/** The receivers of all queues, first come first served, and when each queue next has something for them. */
export interface Receivers {
  add(queue: StoredQueue, receiver: Receiver): void;
  /** A message of the queue is visible at that time. */
  expect(queue: StoredQueue, visibleAt: number): void;
  readonly anyWaiting: boolean;
  anyDue(now: number): boolean;
  /** Inside a transaction: takes messages for the receivers, into `served`. Answer them after the commit. */
  serve(now: number, served: Served[]): void;
  /** After the transaction of {@link serve} was undone: removes those that it served or would have. */
  undo(now: number, served: readonly Served[]): Receiver[];
  /** Removes those whose time is over and for whom there is nothing. */
  expired(now: number): Receiver[];
  /** Removes those that fit. */
  remove(fits: (receiver: Receiver) => boolean): Receiver[];
  /** When {@link serve} or {@link expired} has something to do again. */
  nextAt(): number;
}

export interface Served {
  receiver: Receiver;
  messages: StoredMessage[];
}

/** Per queue and turn, so that sends are not kept waiting by many receivers. */
const maxServedPerTurn = 16;

export function createReceivers(messages: Messages, queues: ReadonlyMap<string, StoredQueue>): Receivers {
  const lines = new Map(
    [...queues.values()].map((queue) => [queue.id, { queue, waiting: [] as Receiver[], nextDue: 0 }]),
  );
  type Line = NonNullable<ReturnType<typeof lines.get>>;
  /** Those with a receiver that waits: of hundreds of queues a few, and each turn looks at them several times. */
  const busy = new Set<Line>();
  const setWaiting = (line: Line, waiting: Receiver[]) => {
    line.waiting = waiting;
    if (waiting.length > 0) busy.add(line);
    else busy.delete(line);
  };
  const expect = (queue: StoredQueue | undefined, visibleAt: number) => {
    const line = queue && lines.get(queue.id);
    if (line && visibleAt < line.nextDue) line.nextDue = visibleAt;
  };
  const drop = (line: Line, fits: (receiver: Receiver) => boolean) => {
    const dropped = line.waiting.filter(fits);
    if (dropped.length > 0)
      setWaiting(
        line,
        line.waiting.filter((receiver) => !fits(receiver)),
      );
    return dropped;
  };

  function serveLine(line: Line, now: number, served: Served[]): void {
    let left = maxServedPerTurn;
    while (line.waiting.length > 0 && line.nextDue <= now && left-- > 0) {
      const [receiver] = line.waiting;
      if (!receiver) break;
      const received = messages.receive(line.queue, receiver, now);
      if (received.deadLettered > 0) expect(queues.get(line.queue.settings.redrive?.deadLetterQueue ?? ''), now);
      if (received.messages.length > 0) {
        setWaiting(line, line.waiting.slice(1));
        served.push({ receiver, messages: received.messages });
      }
      if (received.unfinished) break;
      if (received.messages.length < receiver.maxMessages) line.nextDue = messages.nextDue(line.queue);
    }
  }

  return {
    add(queue, receiver) {
      const line = lines.get(queue.id);
      if (!line) return;
      line.waiting.push(receiver);
      busy.add(line);
    },
    expect,
    get anyWaiting() {
      return busy.size > 0;
    },
    anyDue: (now) => [...busy].some((line) => line.nextDue <= now),
    serve(now, served) {
      for (const line of busy) serveLine(line, now, served);
    },
    undo(now, served) {
      const due = [...busy].filter((line) => line.nextDue <= now);
      // What the undone transaction said about the next message no longer holds.
      for (const line of lines.values()) line.nextDue = 0;
      return [...served.map(({ receiver }) => receiver), ...due.flatMap((line) => drop(line, () => true))];
    },
    expired: (now) =>
      [...busy].flatMap((line) => (line.nextDue > now ? drop(line, (receiver) => receiver.deadline <= now) : [])),
    remove: (fits) => [...busy].flatMap((line) => drop(line, fits)),
    nextAt: () =>
      [...busy].reduce(
        (earliest, line) =>
          line.waiting.reduce((at, { deadline }) => Math.min(at, deadline), Math.min(earliest, line.nextDue)),
        Infinity,
      ),
  };
}
