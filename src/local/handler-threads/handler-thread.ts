import { Worker } from 'node:worker_threads';
import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import { describeThrown, framesOf } from '../../delivery/handler-errors.ts';
import type { Handler } from '../../delivery/handler.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { Log } from '../../log.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { createPrintedLines } from './printed-lines.ts';
import { createRoomGiver, createUnderWay } from './under-way.ts';

export interface HandlerThreadOptions {
  source: string;
  data: Omit<ThreadData, 'underWay'>;
  /** Environment of the thread; must not hold signing secrets. */
  env: NodeJS.ProcessEnv;
  /** Memory of the thread's own heap, in MiB; beyond it the thread ends, the process does not. */
  memoryMiB: number;
  /** How long loading may take. */
  loadTimeoutMs: number;
  log: Log;
}

export type Loaded =
  | { ok: true; takes: Handler['hookport'] }
  | { ok: false; detail: string; stack?: string | undefined };

/** How a run in a thread ended. */
export type RunEnd =
  | { kind: 'done'; outcomes: readonly Outcome[] }
  /**
   * The thread ended under it. `together`: how many runs were in the thread; alone, this one is to blame. `stack`: where
   * it was thrown, if something was.
   */
  | { kind: 'died'; detail: string; stack: string | undefined; together: number }
  /** It was given up: it runs on, if it does, in a thread that takes nothing more. */
  | { kind: 'abandoned' };

export interface Run {
  readonly ended: Promise<RunEnd>;
  /** Aborts the handler's signal. */
  abort(detail: string): void;
  abandon(): void;
}

/** One worker thread with one handler file in it. */
export interface HandlerThread {
  /** Never rejects. */
  readonly loaded: Promise<Loaded>;
  /** Runs that have not ended. */
  readonly inFlight: number;
  run(deliveries: readonly VerifiedDelivery[]): Run;
  /** Whether the thread's event loop turns: one in an endless loop does not answer. */
  answers(withinMs: number): Promise<boolean>;
  /** Ends the thread now; runs in it end as `died`. Resolves when it is gone. */
  end(detail: string): Promise<void>;
  /** Resolves when the thread is gone, for whatever reason. */
  readonly gone: Promise<void>;
}

/** Node ends so when nothing is left to do but an `await` at the top level. https://nodejs.org/api/process.html#exit-codes */
const unsettledAwait = 13;

/**
 * Where a heap is full, Node has V8 go on with some MiB more until the thread can end. One collection of V8's own young generation, 48 MiB,
 * may move more than that into the heap, and V8 then ends the process. So it still does where one list or map that grows takes more at once.
 */
const youngMiB = 16;

export function startHandlerThread(options: HandlerThreadOptions): HandlerThread {
  const { source, data, env, memoryMiB, loadTimeoutMs, log } = options;
  const underWay = createUnderWay();
  const giveRoom = createRoomGiver(underWay);
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { ...data, underWay } satisfies ThreadData,
    env,
    resourceLimits: { maxOldGenerationSizeMb: memoryMiB, maxYoungGenerationSizeMb: youngMiB },
    name: 'hookport handler',
    stdout: true,
    stderr: true,
  });
  // Beside what it logs, so that whoever reads the log sees what a handler prints, and of which source it is.
  const printed = {
    stdout: createPrintedLines((line) => log.info(line, { source })),
    stderr: createPrintedLines((line) => log.warn(line, { source })),
  };
  for (const name of ['stdout', 'stderr'] as const)
    worker[name]
      .setEncoding('utf8')
      .on('data', (text: string) => printed[name].add(text))
      .on('end', () => printed[name].end());
  const runs = new Map<number, (end: RunEnd) => void>();
  const pings: (() => void)[] = [];
  const loaded = Promise.withResolvers<Loaded>();
  const gone = Promise.withResolvers<void>();
  let abandoned = 0;
  let nextId = 1;
  let detail: string | undefined;
  let stack: string | undefined;
  let hasRun = false;
  let ending = false;
  const loading = setTimeout(
    () => void end(`it did not load within ${loadTimeoutMs / 1000} s: does it await something at its top level?`),
    loadTimeoutMs,
  );
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  const post = (message: ToThread) => worker.postMessage(message);

  const finish = (id: number, result: RunEnd) => {
    const resolve = runs.get(id);
    runs.delete(id);
    resolve?.(result);
  };
  let isLoading = true;
  const hasLoaded = (result: Loaded) => {
    isLoading = false;
    clearTimeout(loading);
    loaded.resolve(result);
  };
  const end = async (because: string) => {
    ending = true;
    detail ??= because;
    await worker.terminate();
    await gone.promise;
  };

  worker.on('message', (message: FromThread) => {
    switch (message.type) {
      case 'loaded':
        return hasLoaded({ ok: true, takes: message.takes });
      case 'notLoaded':
        return hasLoaded({ ok: false, detail: message.detail, stack: message.stack });
      case 'done':
        return finish(message.id, { kind: 'done', outcomes: message.outcomes });
      case 'log':
        log[message.level](message.message, message.fields);
        return giveRoom(message.message, message.fields);
      case 'printed':
        printed[message.stream].add(message.text);
        return giveRoom(message.text);
      case 'pong':
        for (const resolve of pings.splice(0)) resolve();
    }
  });
  worker.on('messageerror', (error) =>
    log.error('a handler thread sent what cannot be read', { error: String(error) }),
  );
  worker.on('error', (error) => {
    detail ??= describeThrown(error);
    stack ??= framesOf(error);
  });
  worker.on('exit', (code) => {
    const because =
      detail ??
      (isLoading && code === unsettledAwait
        ? 'it awaits at its top level what never comes'
        : `the thread ended by itself, with exit code ${code}`);
    hasLoaded({ ok: false, detail: because, stack });
    const together = runs.size + abandoned;
    // No delivery can be blamed any more, so this line is all that tells of it.
    if (hasRun && together === 0 && !ending)
      log.error('a handler ended its thread after it had returned; did it await everything?', {
        source,
        detail: because,
        stack,
      });
    for (const id of runs.keys()) finish(id, { kind: 'died', detail: because, stack, together });
    gone.resolve();
  });

  return {
    loaded: loaded.promise,
    gone: gone.promise,
    get inFlight() {
      return runs.size;
    },
    run(deliveries) {
      const id = nextId++;
      hasRun = true;
      const ended = new Promise<RunEnd>((resolve) => runs.set(id, resolve));
      post({ type: 'run', id, deliveries });
      return {
        ended,
        abort: (because) => post({ type: 'abort', id, detail: because }),
        abandon: () => {
          if (runs.has(id)) abandoned += 1;
          finish(id, { kind: 'abandoned' });
        },
      };
    },
    answers: (withinMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), withinMs);
        pings.push(() => {
          clearTimeout(timer);
          resolve(true);
        });
        post({ type: 'ping' });
      }),
    end,
  };
}
