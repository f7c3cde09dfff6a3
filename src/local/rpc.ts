import { MessagePort } from 'node:worker_threads';
import { type ErrorCode, HookportError } from '../errors.ts';

/** Methods that one thread offers to another. Arguments and results are structured-cloned; ports are transferred. */
// oxlint-disable-next-line typescript/no-explicit-any -- only `any` accepts every parameter list here; callers see their own
export type Methods = Record<string, (...args: any[]) => unknown>;

/** The other thread's methods. */
export interface Remote<M extends Methods> {
  /**
   * @throws HookportError (as a rejection) the method's own, or `internal`: the method threw something else, or the
   *   other thread is gone
   */
  call<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<Awaited<ReturnType<M[K]>>>;
  close(): void;
}

interface Call {
  seq: number;
  method: string;
  args: unknown[];
}

type Reply = { seq: number; value: unknown } | { seq: number; failed: { code: ErrorCode; message: string } };

/** Answers the calls that come over a port, until it closes. */
export function serve(port: MessagePort, methods: Methods): void {
  port.on('message', ({ seq, method, args }: Call) => {
    const answer = (reply: Reply) => port.postMessage(reply);
    Promise.resolve()
      .then(() => methods[method]?.(...args))
      .then(
        (value) => answer({ seq, value }),
        (error: unknown) => answer({ seq, failed: describe(error) }),
      );
  });
}

/** Calls methods that the other end of the port serves. */
export function connectTo<M extends Methods>(port: MessagePort): Remote<M> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastSeq = 0;
  let closed = false;
  port.on('message', (reply: Reply) => {
    const waiter = waiting.get(reply.seq);
    waiting.delete(reply.seq);
    if ('failed' in reply) waiter?.reject(new HookportError(reply.failed.code, reply.failed.message));
    else waiter?.resolve(reply.value);
  });
  port.on('close', () => {
    closed = true;
    for (const waiter of waiting.values()) waiter.reject(gone());
    waiting.clear();
  });
  return {
    call(method, ...args) {
      if (closed) return Promise.reject(gone());
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const seq = ++lastSeq;
      waiting.set(seq, { resolve, reject });
      const ports = args.filter((each) => each instanceof MessagePort);
      port.postMessage({ seq, method, args } satisfies Call, ports);
      return promise as ReturnType<Remote<M>['call']> as never;
    },
    close: () => port.close(),
  };
}

function gone(): HookportError {
  return new HookportError('internal', 'the thread that should answer is gone');
}

function describe(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof HookportError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message };
}
