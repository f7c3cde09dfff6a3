import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import { timedOut } from '../../delivery/dispatch.ts';
import type { FailureReason, Outcome } from '../../delivery/outcome.ts';
import type { Log } from '../../log.ts';
import type { CurrentThread } from './current-thread.ts';
import type { HandlerThread, RunEnd } from './handler-thread.ts';
import { split, type Task } from './task.ts';

export interface SourceThreadsOptions {
  source: string;
  current: CurrentThread;
  /** For one delivery; a batch has as many times that. */
  timeoutMs: number;
  /** After `signal` aborted: how long a handler may take to heed it, and a thread to answer. */
  graceMs: number;
  log: Log;
}

/**
 * Runs one source's handler in a thread of its own, a fresh one whenever the old one is spent. When a thread dies or
 * blocks with several deliveries in it, nobody knows which one did it: each of them runs again, alone, before
 * anything else of the source, and only the one that does it again is to blame.
 */
export class SourceThreads {
  readonly #options: SourceThreadsOptions;
  readonly #waiting: Task[] = [];
  readonly #suspects: Task[] = [];
  #pumping = false;
  #pumpAgain = false;
  #alone = false;
  #closed = false;

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
    await this.#options.current.close();
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
    const { current } = this.#options;
    while (!this.#closed && !this.#alone && this.#suspects.length + this.#waiting.length > 0) {
      if (this.#suspects.length > 0 && (current.thread?.inFlight ?? 0) > 0) return;
      const ready = await current.ready();
      if (!ready.ok) {
        this.#failAll('handler_not_loaded', ready.detail);
        continue;
      }
      const { thread, batches } = ready;
      // While that was awaited, the thread may have died, or left suspects behind.
      if (current.thread !== thread) continue;
      if (this.#suspects.length === 0) {
        for (const task of this.#waiting.splice(0)) this.#start(thread, task, batches);
        continue;
      }
      if (thread.inFlight > 0) return;
      const suspect = this.#suspects.shift();
      if (suspect) void this.#runAlone(thread, suspect);
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
    const { current } = this.#options;
    current.busy();
    const { end, late } = await this.#runInTime(thread, task);
    if (end.kind === 'died') this.#died(task, end, late);
    else if (late || end.kind === 'abandoned') task.resolve(task.deliveries.map(() => timedOut(this.#timeout(task))));
    else task.resolve(end.outcomes);
    if (end.kind !== 'done') current.retire(thread);
    if (thread.inFlight > 0) return;
    if (current.thread !== thread) void thread.end('its work is done');
    else if (this.#waiting.length + this.#suspects.length === 0) current.idle();
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

  #died(task: Task, { detail, stack, together }: Extract<RunEnd, { kind: 'died' }>, late: boolean): void {
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
      stack,
    });
    task.resolve([outcome]);
  }

  #failAll(reason: FailureReason, detail: string): void {
    for (const task of [...this.#suspects.splice(0), ...this.#waiting.splice(0)])
      task.resolve(task.deliveries.map(() => ({ kind: 'failed', reason, detail })));
  }
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
