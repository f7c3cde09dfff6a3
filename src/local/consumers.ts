import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HookportError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { AttemptLine, ConsumerThreadData, FromConsumers, ToConsumers } from './consumer-protocol.ts';

export interface Consumers {
  /** Resolves when nothing more of the source is received; what was started is finished. */
  pause(source: string): Promise<void>;
  resume(source: string): Promise<void>;
  /** Receives no more, finishes what was started, and ends the thread. */
  stop(): Promise<void>;
}

export interface ConsumersOptions {
  data: ConsumerThreadData;
  log: Log;
  /** Told of attempts, for whoever watches. */
  onAttempts: (attempts: readonly AttemptLine[]) => void;
  /** The thread broke down: nothing is consumed any more. */
  onFailure: (error: Error) => void;
}

/** Starts the thread in which all sources are consumed, and waits until it is ready. */
export async function startConsumers({ data, log, onAttempts, onFailure }: ConsumersOptions): Promise<Consumers> {
  const thread = new Worker(new URL('./consumer-thread.ts', import.meta.url), {
    workerData: data,
    transferList: [data.queues, data.journal],
    // Many deliveries are in hand at once and none for long. With less, many of them are copied to old memory; with more, one
    // scavenge copies so many that deliveries wait for it.
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
  });
  let state: 'starting' | 'running' | 'stopping' = 'starting';
  const followed: (() => void)[] = [];
  const ended = once(thread, 'exit').catch(() => undefined);
  const ready = new Promise<void>((resolve, reject) => {
    thread.on('message', (message: FromConsumers) => {
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'attempts') onAttempts(message.attempts);
      else if (message.kind === 'followed') followed.shift()?.();
      else if (message.kind === 'log') log[message.line.level](message.line.message, message.line.fields);
    });
    thread.on('error', (error) => {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (state === 'starting') reject(failure);
      else onFailure(failure);
    });
    thread.on('exit', () => {
      if (state === 'starting') reject(new HookportError('internal', 'the consumers ended while they started'));
      else if (state === 'running') onFailure(new Error('the consumers ended'));
    });
  });
  await ready;
  state = 'running';
  const order = (kind: 'pause' | 'resume', source: string) =>
    new Promise<void>((resolve) => {
      followed.push(resolve);
      thread.postMessage({ kind, source } satisfies ToConsumers);
    });
  return {
    pause: (source) => order('pause', source),
    resume: (source) => order('resume', source),
    async stop() {
      state = 'stopping';
      thread.postMessage({ kind: 'stop' });
      await ended;
    },
  };
}
