import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HookportError } from '../errors.ts';
import { syncFolder } from '../sync-folder.ts';

/** Which sources of a data folder are paused, and since when. It outlives the process. */
export interface PausedSources {
  /** Epoch milliseconds; undefined where it is not paused. */
  since(source: string): number | undefined;
  /** @throws HookportError `data_folder_unusable` */
  pause(source: string, now: number): void;
  /** @throws HookportError `data_folder_unusable` */
  resume(source: string): void;
}

/**
 * Reads `paused.json`. Whoever holds the data folder may do so.
 *
 * @throws HookportError `data_folder_unusable` when it cannot be understood: taking it for "none" would start what
 *   somebody stopped on purpose
 */
export function openPausedSources(folder: string): PausedSources {
  const file = join(folder, 'paused.json');
  let paused = read(file);
  const write = (changed: Map<string, number>) => {
    try {
      // Renamed into place once it is on disk, so that neither an end in between nor a loss of power leaves half of it, or none.
      writeFileSync(`${file}.new`, `${JSON.stringify(Object.fromEntries(changed))}\n`, { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
      syncFolder(folder);
    } catch (error) {
      throw unusable(file, error);
    }
    // Not sooner: what could not be written did not happen, and must be written when it is asked for again.
    paused = changed;
  };
  return {
    since: (source) => paused.get(source),
    pause(source, now) {
      if (!paused.has(source)) write(new Map(paused).set(source, now));
    },
    resume(source) {
      if (paused.has(source)) write(new Map([...paused].filter(([other]) => other !== source)));
    },
  };
}

function read(file: string): Map<string, number> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw unusable(file, error);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is no JSON object');
    return new Map(
      Object.entries(value).map(([source, since]: [string, unknown]) => {
        if (!Number.isSafeInteger(since)) throw new Error(`"${source}" is no time`);
        return [source, Number(since)];
      }),
    );
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, error: unknown): HookportError {
  const why = error instanceof Error ? error.message : String(error);
  return new HookportError('data_folder_unusable', `cannot use ${file}, which says what is paused: ${why}`, {
    cause: error,
  });
}
