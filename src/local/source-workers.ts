import type { RunningWorker } from '../consumer/worker.ts';

/** The workers of all sources that have one. */
export interface SourceWorkers {
  /** Its worker receives no more from now on, and finishes what it started. */
  pause(source: string): void;
  /** A worker for it again, as soon as the one before has finished. */
  resume(source: string): void;
  stop(): Promise<void>;
}

/** @param start Starts the worker of a source. */
export function createSourceWorkers(
  sources: readonly string[],
  paused: readonly string[],
  start: (source: string) => RunningWorker,
): SourceWorkers {
  const running = new Map<string, RunningWorker>();
  const ending = new Map<string, Promise<void>>();
  /** What is wanted; what runs follows. */
  const wanted = new Set(sources.filter((source) => !paused.includes(source)));

  const follow = (source: string) => {
    const worker = running.get(source);
    if (wanted.has(source)) {
      if (!worker && !ending.has(source)) running.set(source, start(source));
      return;
    }
    if (!worker) return;
    running.delete(source);
    const end = async () => {
      await worker.stop();
      ending.delete(source);
      follow(source);
    };
    ending.set(source, end());
  };
  for (const source of wanted) follow(source);

  return {
    pause(source) {
      wanted.delete(source);
      follow(source);
    },
    resume(source) {
      if (sources.includes(source)) wanted.add(source);
      follow(source);
    },
    async stop() {
      wanted.clear();
      for (const source of running.keys()) follow(source);
      await Promise.all(ending.values());
    },
  };
}
