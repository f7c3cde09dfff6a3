import { dirname } from 'node:path';
import type { Random } from '../random.ts';
import { DiskFile, type Survival } from './file.ts';
import type { Step } from './recording.ts';

/** The files of a recorded process, as they are and as a power cut at this moment could leave them. */
export interface Disk {
  take(step: Step): void;
  /** What is there while the power is on, by path. */
  now(): Map<string, Buffer>;
  /** What a power cut leaves, by path. */
  afterCut(survival: Survival, random: Random): Map<string, Buffer>;
}

type Entry = DiskFile | 'folder';
type Names = Map<string, Entry>;

/**
 * POSIX promises no more than this: the content of a file is on disk after a sync of the file, its name after a sync of
 * the folder that holds it. File systems that keep a journal order changes of names, so some of the first survive.
 */
export function createDisk(): Disk {
  const names: Names = new Map([['', 'folder']]);
  const durableNames: Names = new Map(names);
  let renamings: { folder: string; number: number; change: (names: Names) => void }[] = [];
  let lastRenaming = 0;
  const syncs = new Map<number, () => void>();

  const changeNames = (path: string, change: (names: Names) => void) => {
    change(names);
    renamings.push({ folder: folderOf(path), number: ++lastRenaming, change });
  };

  /** What a sync that begins now makes durable when it ends. */
  const syncOf = (path: string): (() => void) => {
    const entry = names.get(path);
    if (entry instanceof DiskFile) {
      const { edits } = entry;
      return () => entry.synced(edits);
    }
    const upTo = lastRenaming;
    return () => {
      const isCovered = ({ folder, number }: (typeof renamings)[number]) => folder === path && number <= upTo;
      for (const { change } of renamings.filter(isCovered)) change(durableNames);
      renamings = renamings.filter((each) => !isCovered(each));
    };
  };

  return {
    take(step) {
      const { path } = step;
      switch (step.kind) {
        case 'write':
        case 'truncate':
          return fileAt(names, path).edit(step);
        case 'makeFile': {
          const file = new DiskFile();
          return changeNames(path, (names) => void names.set(path, file));
        }
        case 'makeFolder':
          return changeNames(path, (names) => void names.set(path, 'folder'));
        case 'remove':
          return changeNames(path, (names) => void names.delete(path));
        case 'rename': {
          const entry = fileAt(names, path);
          return changeNames(path, (names) => {
            names.delete(path);
            names.set(step.to, entry);
          });
        }
        case 'syncBegins':
          return void syncs.set(step.sync, syncOf(path));
        case 'syncEnds':
          syncs.get(step.sync)?.();
          return void syncs.delete(step.sync);
      }
    },
    now: () => new Map(filesIn(names).map(([path, file]) => [path, file.content])),
    afterCut(survival, random) {
      const surviving =
        survival === 'nothing' ? 0 : survival === 'torn' ? renamings.length : random.integer(0, renamings.length);
      const left = new Map(durableNames);
      for (const { change } of renamings.slice(0, surviving)) change(left);
      const reachable = filesIn(left).filter(([path]) => left.get(folderOf(path)) === 'folder');
      return new Map(reachable.map(([path, file]) => [path, file.afterCut(survival, random)]));
    },
  };
}

function filesIn(names: Names): [string, DiskFile][] {
  return [...names].filter((each): each is [string, DiskFile] => each[1] instanceof DiskFile);
}

function fileAt(names: Names, path: string): DiskFile {
  const entry = names.get(path);
  if (!(entry instanceof DiskFile)) throw new Error(`the recording writes to ${path}, which it did not make`);
  return entry;
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}
