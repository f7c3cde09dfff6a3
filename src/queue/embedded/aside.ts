import { Worker } from 'node:worker_threads';
import type { Reads } from './reads.ts';

/** A thread beside the engine with a connection of its own: for what may take long. */
export interface Aside {
  read<K extends keyof Reads>(kind: K, ...args: Parameters<Reads[K]>): Promise<ReturnType<Reads[K]>>;
  /** A passive checkpoint; one that fails is left to the next. */
  checkpoint(): Promise<void>;
  /** Makes what the next segment of the intake log becomes, where there is none yet; a full disk has room for none. */
  spare(): Promise<void>;
  close(): Promise<void>;
}

export interface AsideData {
  /** The queue database, which exists already. */
  file: string;
  /** Of the intake log; exists too. */
  logFolder: string;
}

export interface AsideRequest {
  id: number;
  kind: keyof Reads | 'checkpoint' | 'spare' | 'close';
  args: readonly unknown[];
}

export type AsideReply = { id: number } & ({ value: unknown } | { error: string });

export function startAside(data: AsideData): Aside {
  const worker = new Worker(new URL('./aside-thread.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let id = 0;
  worker.on('message', (reply: AsideReply) => {
    const request = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) request?.reject(new Error(reply.error));
    else request?.resolve(reply.value);
  });
  // An error in that thread ends the engine too: without checkpoints the WAL would grow for ever.
  worker.on('error', (error) => {
    throw error;
  });
  const ask = (kind: AsideRequest['kind'], args: readonly unknown[]): Promise<unknown> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(++id, { resolve, reject });
    worker.postMessage({ id, kind, args } satisfies AsideRequest);
    return promise;
  };
  const attempt = (kind: 'checkpoint' | 'spare') =>
    ask(kind, []).then(
      () => undefined,
      () => undefined,
    );
  return {
    read: (kind, ...args) => ask(kind, args) as Promise<ReturnType<Reads[typeof kind]>>,
    checkpoint: () => attempt('checkpoint'),
    spare: () => attempt('spare'),
    async close() {
      await ask('close', []);
    },
  };
}
