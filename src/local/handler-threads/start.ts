import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Clock, systemClock } from '../../clock.ts';
import type { Dispatch } from '../../delivery/dispatch.ts';
import type { Log } from '../../log.ts';
import type { ThreadProvider } from './messages.ts';
import { CurrentThread } from './current-thread.ts';
import { startHandlerThread } from './handler-thread.ts';
import { SourceThreads } from './source-threads.ts';
import { createThreadLimit } from './thread-limit.ts';

export interface HandlerThreadsOptions {
  /** The project's root, which handler paths are relative to. */
  root: string;
  /** Environment of the handlers, without signing secrets: see `withoutSecrets`. */
  env: NodeJS.ProcessEnv;
  log: Log;
  /** @default the system's */
  clock?: Clock;
  /** Threads alive at once, of all sources together. @default 32 */
  maxThreads?: number;
  /** @default 60000 */
  idleMs?: number;
  /** @default 1000 */
  graceMs?: number;
  /** @default 30000 */
  loadTimeoutMs?: number;
  /** Heap of each thread. @default 512 */
  memoryMiB?: number;
}

/** The handlers of all sources, each source in a thread of its own. */
export interface HandlerThreads {
  /** The dispatch of one source. Its thread starts with its first delivery. */
  dispatcher(source: { id: string; provider: ThreadProvider; handler: string; timeoutSeconds: number }): Dispatch;
  /** Ends all threads now; stop the workers before, so that nothing is in them. */
  close: () => Promise<void>;
}

/** Prepares handler threads; none is started before a delivery comes. */
export function createHandlerThreads(options: HandlerThreadsOptions): HandlerThreads {
  const { root, env, log, clock = systemClock } = options;
  const limit = createThreadLimit(options.maxThreads ?? 32);
  const sources: SourceThreads[] = [];
  return {
    dispatcher({ id, provider, handler, timeoutSeconds }) {
      const file = resolve(root, handler);
      const data = {
        provider: readingOf(provider),
        handlerUrl: pathToFileURL(file).href,
      };
      const { memoryMiB = 512, loadTimeoutMs = 30_000, graceMs = 1000, idleMs = 60_000 } = options;
      const start = () => startHandlerThread({ source: id, data, env, memoryMiB, loadTimeoutMs, log });
      const current = new CurrentThread({ source: id, file, idleMs, limit, start, clock, log });
      const threads = new SourceThreads({ source: id, current, timeoutMs: timeoutSeconds * 1000, graceMs, log });
      sources.push(threads);
      return (deliveries) => threads.dispatch(deliveries);
    },
    async close() {
      await Promise.all(sources.map((threads) => threads.close()));
    },
  };
}

/** Without the rest of a definition: the code of a scheme cannot be sent to a thread. */
function readingOf({ id, formPayload, items }: ThreadProvider): ThreadProvider {
  return { id, ...(formPayload !== undefined && { formPayload }), ...(items && { items }) };
}
