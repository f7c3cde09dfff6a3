import type { MessagePort } from 'node:worker_threads';
import type { HookportError } from '../../errors.ts';
import type { LostPart } from './intake/take-over.ts';
import type { CommandKind, Commands, IntakeState, Replies, Request, Requests } from './protocol.ts';
import { unavailable } from './unavailable.ts';

/** A client's end of its port to the engine. */
export interface Link {
  /** @throws HookportError `queue_unavailable` (as a rejection) when it was not carried out */
  ask<K extends CommandKind>(kind: K, ...args: Commands[K]['args']): Promise<Commands[K]['reply']>;
  /** A receive, which also ends empty when `signal` aborts. */
  receive(args: Commands['receive']['args'], signal?: AbortSignal): Promise<Commands['receive']['reply']>;
  /** Lets what was asked for leave at once. */
  flush(): void;
  /** Calls the engine at once, without a request. */
  call(): void;
  /** Resolves when everything asked for is answered. Receives that wait are ended. */
  settled(): Promise<void>;
  /** Rejects what is unanswered and refuses what follows. */
  close(): void;
}

export interface LinkEvents {
  intake?(state: IntakeState): void;
  lost?(part: LostPart): void;
  closed?(): void;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: HookportError) => void;
}

/**
 * What is asked for within one turn of the event loop leaves as one message: a message between threads costs more than
 * what most commands do.
 */
export function createLink(port: MessagePort, events: LinkEvents = {}): Link {
  const waiting = new Map<number, Waiting>();
  const receives = new Set<number>();
  let outbox: Request[] = [];
  let transfer: MessagePort[] = [];
  let lastSeq = 0;
  let closed = false;
  let idle: (() => void)[] = [];

  function post(): void {
    if (outbox.length === 0) return;
    const [requests, transferred] = [outbox, transfer];
    outbox = [];
    transfer = [];
    if (!closed) port.postMessage(requests satisfies Requests, transferred);
  }

  function push(request: Request): void {
    if (outbox.length === 0) setImmediate(post);
    outbox.push(request);
  }

  function settle(seq: number, act: (waiter: Waiting) => void): void {
    const waiter = waiting.get(seq);
    if (!waiter) return;
    waiting.delete(seq);
    receives.delete(seq);
    act(waiter);
  }

  function close(): void {
    if (closed) return;
    closed = true;
    port.close();
    for (const seq of waiting.keys()) settle(seq, ({ reject }) => reject(unavailable('the engine is gone')));
    for (const resolve of idle) resolve();
    events.closed?.();
  }

  port.on('message', ({ done, values, failed, intake, lost = [] }: Replies) => {
    if (intake) events.intake?.(intake);
    for (const part of lost) events.lost?.(part);
    for (const seq of done) settle(seq, ({ resolve }) => resolve(undefined));
    for (const [seq, value] of values) settle(seq, ({ resolve }) => resolve(value));
    for (const [seq, message] of failed) settle(seq, ({ reject }) => reject(unavailable(message)));
    if (waiting.size > 0) return;
    for (const resolve of idle) resolve();
    idle = [];
  });
  port.on('close', close);

  function ask(kind: CommandKind, ...args: readonly unknown[]): { seq: number; reply: Promise<unknown> } {
    const seq = ++lastSeq;
    if (closed) return { seq, reply: Promise.reject(unavailable('the queues are closed')) };
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(seq, { resolve, reject });
    if (kind === 'connect') transfer.push(args[0] as MessagePort);
    push([seq, kind, ...args] as unknown as Request);
    return { seq, reply: promise };
  }

  const cancel = (seq: number) => {
    if (waiting.has(seq)) ask('cancel', seq).reply.catch(() => undefined);
  };

  return {
    ask: (kind, ...args) => ask(kind, ...args).reply as Promise<Commands[typeof kind]['reply']>,
    async receive(args, signal) {
      if (signal?.aborted) return [];
      const { seq, reply } = ask('receive', ...args);
      receives.add(seq);
      const abort = () => cancel(seq);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        return (await reply) as Commands['receive']['reply'];
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    flush: post,
    call() {
      if (!closed) port.postMessage([] satisfies Requests);
    },
    async settled() {
      for (const seq of receives) cancel(seq);
      if (waiting.size === 0 || closed) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      idle.push(resolve);
      await promise;
    },
    close,
  };
}
