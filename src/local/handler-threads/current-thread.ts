import { stat } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { HandlerThread } from './handler-thread.ts';
import type { ThreadLimit } from './thread-limit.ts';

export interface CurrentThreadOptions {
  source: string;
  /** Path of the handler file; when it changes, what follows runs in a fresh thread. */
  file: string;
  /** A thread without work ends after so long. */
  idleMs: number;
  limit: ThreadLimit;
  start: () => HandlerThread;
  clock: Clock;
  log: Log;
}

/** A thread that has loaded its handler, or why there is none. */
export type Ready = { ok: true; thread: HandlerThread; batches: boolean } | { ok: false; detail: string };

/** How often a handler file is looked at, while deliveries come. */
const checkEveryMs = 500;
/** After a file did not load, deliveries fail without another try for so long. */
const loadPauseMs = 1000;
/** A thread that others wait for gives way after so long. */
const turnMs = 1000;

/** The one thread of a source that takes work: started when it is needed, replaced when it is spent. */
export class CurrentThread {
  readonly #options: CurrentThreadOptions;
  readonly #all = new Set<HandlerThread>();
  #current:
    | {
        thread: HandlerThread;
        batches: boolean;
        startedAt: number;
        /** When the file was looked at, and what its modification time was when it was loaded. */
        checkedAt: number;
        modified: number;
      }
    | undefined;
  #notLoaded: { detail: string; until: number } | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CurrentThreadOptions) {
    this.#options = options;
  }

  /** Undefined while there is none. */
  get thread(): HandlerThread | undefined {
    return this.#current?.thread;
  }

  /** The thread that takes work now, or a fresh one. @throws Error when no thread can be started at all */
  async ready(): Promise<Ready> {
    const { limit, clock, file } = this.#options;
    const now = clock();
    const current = this.#current;
    if (current && limit.wanted && now - current.startedAt > turnMs) this.retire(current.thread);
    if (current && now - current.checkedAt > checkEveryMs) {
      current.checkedAt = now;
      const modified = await modifiedAt(file);
      // A file that is away for a moment, as editors do when they save, is not a change.
      if (modified !== 0 && modified !== current.modified) this.retire(current.thread);
    }
    if (this.#current) return { ok: true, thread: this.#current.thread, batches: this.#current.batches };
    if (this.#notLoaded && now < this.#notLoaded.until) return { ok: false, detail: this.#notLoaded.detail };
    await limit.acquire();
    return this.#load();
  }

  /** Takes nothing more, and ends when what is in it has ended. */
  retire(thread: HandlerThread): void {
    if (this.#current?.thread === thread) {
      this.#current = undefined;
      this.busy();
    }
    if (thread.inFlight === 0) void thread.end('its work is done');
  }

  /** There is work for it. */
  busy(): void {
    clearTimeout(this.#idleTimer);
    this.#options.limit.busy(this.#endIdle);
  }

  /** There is nothing more to do for now. */
  idle(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(this.#endIdle, this.#options.idleMs);
    this.#idleTimer.unref();
    this.#options.limit.idle(this.#endIdle);
  }

  /** Ends all threads now, also those that were retired. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    await Promise.all([...this.#all].map((thread) => thread.end('Hookport stops')));
  }

  readonly #endIdle = (): void => {
    if (this.#current?.thread.inFlight === 0) this.retire(this.#current.thread);
  };

  async #load(): Promise<Ready> {
    const { file, clock, log, source } = this.#options;
    const modified = await modifiedAt(file);
    const thread = this.#start();
    const loaded = await thread.loaded;
    const now = clock();
    if (loaded.ok) {
      const batches = loaded.takes === 'batchHandler';
      this.#current = { thread, batches, startedAt: now, checkedAt: now, modified };
      return { ok: true, thread, batches };
    }
    void thread.end('it did not load');
    log.error('a handler could not be loaded', { source, file, detail: loaded.detail, stack: loaded.stack });
    const detail = `${file}: ${loaded.detail}`;
    this.#notLoaded = { detail, until: now + loadPauseMs };
    return { ok: false, detail };
  }

  #start(): HandlerThread {
    const { limit, start } = this.#options;
    try {
      if (this.#closed) throw new Error('Hookport stops');
      const thread = start();
      this.#all.add(thread);
      void thread.gone.then(() => this.#gone(thread));
      return thread;
    } catch (error) {
      limit.release();
      throw error;
    }
  }

  #gone(thread: HandlerThread): void {
    this.#all.delete(thread);
    this.#options.limit.release();
    if (this.#current?.thread !== thread) return;
    this.#current = undefined;
    this.busy();
  }
}

/** 0 for a file that is not there: loading it then says so. */
async function modifiedAt(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
