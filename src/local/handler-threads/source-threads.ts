import { stat } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import { timedOut } from '../../delivery/dispatch.ts';
import type { FailureReason, Outcome } from '../../delivery/outcome.ts';
import type { Log } from '../../log.ts';
import type { HandlerThread, RunEnd } from './handler-thread.ts';
import type { ThreadLimit } from './thread-limit.ts';

export interface SourceThreadsOptions {
  source: string;
  /** Path of the handler file; when it changes, what follows runs in a fresh thread. */
  file: string;
  /** For one delivery; a batch has as many times that. */
  timeoutMs: number;
  /** After `signal` aborted: how long a handler may take to heed it, and a thread to answer. */
  graceMs: number;
  /** A thread without work ends after so long. */
  idleMs: number;
  limit: ThreadLimit;
  start: () => HandlerThread;
  clock: Clock;
  log: Log;
}

/** Deliveries that run together: one, or a batch. */
interface Task {
  deliveries: readonly VerifiedDelivery[];
  resolve: (outcomes: readonly Outcome[]) => void;
}

/** The thread that takes work. */
interface Current {
  thread: HandlerThread;
  startedAt: number;
  /** When the file was looked at, and what its modification time was when it was loaded. */
  checkedAt: number;
  modified: number;
  batches: boolean;
}

/** How often a handler file is looked at, while deliveries come. */
const checkEveryMs = 500;
/** After a file did not load, deliveries fail without another try for so long. */
const loadPauseMs = 1000;
/** A thread that others wait for gives way after so long. */
const turnMs = 1000;

/**
 * Runs one source's handler in a thread of its own, a fresh one whenever the old one is spent. When a thread dies or
 * blocks with several deliveries in it, nobody knows which one did it: each of them runs again, alone, before
 * anything else of the source, and only the one that does it again is to blame.
 */
export class SourceThreads {
  readonly #options: SourceThreadsOptions;
  readonly #waiting: Task[] = [];
  readonly #suspects: Task[] = [];
  #current: Current | undefined;
  #notLoaded: { detail: string; until: number } | undefined;
  #pumping = false;
  #pumpAgain = false;
  #alone = false;
  #idleTimer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #all = new Set<HandlerThread>();

  constructor(options: SourceThreadsOptions) {
    this.#options = options;
  }

  /** Outcomes in the order of the deliveries. Never rejects. */
  dispatch(deliveries: readonly VerifiedDelivery[]): Promise<readonly Outcome[]> {
    const done = new Promise<readonly Outcome[]>((resolve) => this.#waiting.push({ deliveries, resolve }));
    this.#pump();
    return done;
  }

  /** Ends all threads now. What was in them has no outcome. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    await Promise.all([...this.#all].map((thread) => thread.end('Hookport stops')));
  }

  #pump(): void {
    this.#pumpAgain = true;
    if (!this.#pumping) void this.#keepPumping();
  }

  async #keepPumping(): Promise<void> {
    this.#pumping = true;
    while (this.#pumpAgain) {
      this.#pumpAgain = false;
      try {
        await this.#startTasks();
      } catch (error) {
        this.#failAll('internal_error', String(error));
      }
    }
    this.#pumping = false;
  }

  /** The only place that starts tasks. Returns when there is nothing to start now; the end of each task comes back. */
  async #startTasks(): Promise<void> {
    while (!this.#closed && !this.#alone && this.#suspects.length + this.#waiting.length > 0) {
      if (this.#suspects.length > 0 && (this.#current?.thread.inFlight ?? 0) > 0) return;
      const ready = await this.#ready();
      if (!ready.ok) {
        this.#failAll('handler_not_loaded', ready.detail);
        continue;
      }
      // While that was awaited, the thread may have died, or left suspects behind.
      const current = this.#current;
      if (!current || current.thread !== ready.thread) continue;
      if (this.#suspects.length === 0) {
        for (const task of this.#waiting.splice(0)) this.#start(current.thread, task, current.batches);
        continue;
      }
      if (current.thread.inFlight > 0) return;
      const suspect = this.#suspects.shift();
      if (suspect) void this.#runAlone(current.thread, suspect);
    }
  }

  async #runAlone(thread: HandlerThread, suspect: Task): Promise<void> {
    this.#alone = true;
    await this.#run(thread, suspect);
    this.#alone = false;
    this.#pump();
  }

  /** A batch goes to a handler of single deliveries one by one, each with its own timeout. */
  #start(thread: HandlerThread, task: Task, batches: boolean): void {
    const tasks = batches || task.deliveries.length === 1 ? [task] : split(task);
    for (const each of tasks) void this.#run(thread, each).then(() => this.#pump());
  }

  async #run(thread: HandlerThread, task: Task): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#options.limit.busy(this.#endIdle);
    const { end, late } = await this.#runInTime(thread, task);
    if (end.kind === 'died') this.#died(thread, task, end, late);
    else if (late || end.kind === 'abandoned') task.resolve(task.deliveries.map(() => timedOut(this.#timeout(task))));
    else task.resolve(end.outcomes);
    if (end.kind === 'abandoned') this.#retire(thread);
    if (thread.inFlight > 0) return;
    if (this.#current?.thread === thread) this.#becomeIdle();
    else void thread.end('its work is done');
  }

  #timeout(task: Task): number {
    return this.#options.timeoutMs * task.deliveries.length;
  }

  /** At the timeout: abort; then give the run up if the thread answers, and end the thread if it does not. */
  async #runInTime(thread: HandlerThread, task: Task): Promise<{ end: RunEnd; late: boolean }> {
    const { graceMs } = this.#options;
    const timeoutMs = this.#timeout(task);
    const run = thread.run(task.deliveries);
    const inTime = await within(run.ended, timeoutMs);
    if (inTime) return { end: inTime, late: false };
    run.abort(timedOut(timeoutMs).detail);
    const [heeded, answered] = await Promise.all([within(run.ended, graceMs), thread.answers(graceMs)]);
    if (heeded) return { end: heeded, late: true };
    if (answered) run.abandon();
    else void thread.end('the handler blocked its thread');
    return { end: await run.ended, late: true };
  }

  #died(
    thread: HandlerThread,
    task: Task,
    { detail, together }: Extract<RunEnd, { kind: 'died' }>,
    late: boolean,
  ): void {
    if (this.#current?.thread === thread) this.#current = undefined;
    if (this.#closed) return;
    if (together > 1) {
      this.#suspects.push(task);
      return;
    }
    if (task.deliveries.length > 1) {
      // Alone to blame as a batch: each of its deliveries by itself will tell.
      this.#suspects.push(...split(task));
      return;
    }
    const outcome: Outcome = late
      ? { ...timedOut(this.#timeout(task)), detail: `${timedOut(this.#timeout(task)).detail}; ${detail}` }
      : { kind: 'failed', reason: 'handler_crashed', detail };
    this.#options.log.error('a handler ended its thread', {
      source: this.#options.source,
      reason: outcome.kind === 'failed' ? outcome.reason : '',
      detail,
    });
    task.resolve([outcome]);
  }

  /** A loaded thread that takes work. */
  async #ready(): Promise<{ ok: true; thread: HandlerThread } | { ok: false; detail: string }> {
    const { limit, clock } = this.#options;
    const now = clock();
    const current = this.#current;
    if (current && limit.wanted && now - current.startedAt > turnMs) this.#retire(current.thread);
    if (current && now - current.checkedAt > checkEveryMs) {
      current.checkedAt = now;
      const modified = await modifiedAt(this.#options.file);
      // A file that is away for a moment, as editors do when they save, is not a change.
      if (modified !== 0 && modified !== current.modified) this.#retire(current.thread);
    }
    if (this.#current) return { ok: true, thread: this.#current.thread };
    if (this.#notLoaded && now < this.#notLoaded.until) return { ok: false, detail: this.#notLoaded.detail };
    await limit.acquire();
    return this.#load();
  }

  async #load(): Promise<{ ok: true; thread: HandlerThread } | { ok: false; detail: string }> {
    const { file, limit, clock, log, source } = this.#options;
    const modified = await modifiedAt(file);
    let thread: HandlerThread;
    try {
      if (this.#closed) throw new Error('Hookport stops');
      thread = this.#options.start();
    } catch (error) {
      limit.release();
      throw error;
    }
    this.#all.add(thread);
    void thread.gone.then(() => this.#gone(thread));
    const loaded = await thread.loaded;
    const now = clock();
    if (loaded.ok) {
      const batches = loaded.takes === 'batchHandler';
      this.#current = { thread, startedAt: now, checkedAt: now, modified, batches };
      return { ok: true, thread };
    }
    void thread.end('it did not load');
    log.error('a handler could not be loaded', { source, file, detail: loaded.detail });
    const detail = `${file}: ${loaded.detail}`;
    this.#notLoaded = { detail, until: now + loadPauseMs };
    return { ok: false, detail };
  }

  #gone(thread: HandlerThread): void {
    this.#all.delete(thread);
    this.#options.limit.release();
    if (this.#current?.thread !== thread) return;
    this.#current = undefined;
    this.#options.limit.busy(this.#endIdle);
  }

  /** Takes nothing more, and ends when what is in it has ended. */
  #retire(thread: HandlerThread): void {
    if (this.#current?.thread === thread) this.#current = undefined;
    this.#options.limit.busy(this.#endIdle);
    if (thread.inFlight === 0) void thread.end('its work is done');
  }

  #becomeIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#waiting.length + this.#suspects.length > 0) return;
    this.#options.limit.idle(this.#endIdle);
    this.#idleTimer = setTimeout(this.#endIdle, this.#options.idleMs);
    this.#idleTimer.unref();
  }

  readonly #endIdle = (): void => {
    if (this.#current?.thread.inFlight === 0) this.#retire(this.#current.thread);
  };

  #failAll(reason: FailureReason, detail: string): void {
    for (const task of [...this.#suspects.splice(0), ...this.#waiting.splice(0)])
      task.resolve(task.deliveries.map(() => ({ kind: 'failed', reason, detail })));
  }
}

/** Tasks of one delivery each, that together resolve the given one. */
function split(task: Task): Task[] {
  const parts = task.deliveries.map((delivery) => {
    const { promise, resolve } = Promise.withResolvers<readonly Outcome[]>();
    return { promise, task: { deliveries: [delivery], resolve } };
  });
  void Promise.all(parts.map(({ promise }) => promise)).then((outcomes) => task.resolve(outcomes.flat()));
  return parts.map((part) => part.task);
}

/** Undefined when the promise has not settled by then. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const { promise: expired, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** 0 for a file that is not there: loading it then says so. */
async function modifiedAt(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
