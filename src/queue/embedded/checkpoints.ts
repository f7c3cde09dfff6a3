import type { DatabaseSync } from 'node:sqlite';
import type { WalSize } from '../../wal-writeback.ts';
import { pageBytes, walLimitPages } from './database.ts';

/** Copies the WAL into the database while commits go on, and keeps the WAL short. */
export interface Checkpoints {
  /** To be called after every turn that may have committed, with the bytes of the messages that it took in. */
  written(bytes: number): void;
  stop(): void;
}

export interface CheckpointOptions {
  /** The writer's connection. */
  database: DatabaseSync;
  /** One passive checkpoint in another thread. It must not reject. */
  pass: () => Promise<void>;
  /** Costs as much as one small commit. */
  look: () => WalSize;
  /** Bytes that the disk has left. */
  room: () => number;
}

/** Pages of the WAL that are worth a pass, 32 MiB: the longer, the more often the same page is in it. */
const passPages = 2048;
/**
 * Of the room that the disk has left, so much may wait to be copied: the database may have to grow by as much, and a WAL that has
 * taken all the room can be neither copied nor continued.
 */
const shareOfRoom = 1 / 8;
/** What the writer may copy by itself, in one short stall: 2 MiB. */
const stallPages = 128;
const idleMs = 500;
/** Several turns are let pass before the next look: so many, or so many bytes. */
const turnsBetweenLooks = 8;
const bytesBetweenLooks = 2 ** 20;

/**
 * A passive checkpoint never waits for a writer nor holds it up, but under load it never reaches the end of a WAL
 * that grows meanwhile, and only a WAL that was copied whole begins anew. So passes run in another thread, each for what
 * the one before left, and once the WAL is over its limit the writer copies the little that remains itself, between two
 * commits: its next commit then writes to the beginning of the file.
 */
export function createCheckpoints({ database, pass, look, room }: CheckpointOptions): Checkpoints {
  const copy = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  let passing = false;
  let stopped = false;
  let idle: NodeJS.Timeout | undefined;
  let turns = 0;
  let bytes = 0;

  const roomPages = () => (room() * shareOfRoom) / pageBytes;

  /** @param before how many pages are not copied */
  async function start(before: number): Promise<void> {
    passing = true;
    await pass();
    passing = false;
    if (stopped) return;
    const { pages, left } = look();
    const limit = Math.min(walLimitPages, 4 * roomPages());
    if (pages < limit || left === 0) return;
    if (left <= stallPages || pages >= 2 * limit) shorten();
    // One that got nowhere, on a full disk or beside a reader that stays, is left to the next look: at once, it would only spin.
    else if (left < before) void start(left);
  }

  function whenIdle(): void {
    if (passing || stopped) return;
    const { left } = look();
    if (left > 0) void start(left);
  }

  function shorten(): void {
    try {
      copy.get();
    } catch {
      // A full disk: the WAL stays as it is, and the next pass tries again.
    }
  }

  return {
    written(more) {
      if (stopped) return;
      turns += 1;
      bytes += more;
      if (turns >= turnsBetweenLooks || bytes >= bytesBetweenLooks) {
        turns = 0;
        bytes = 0;
        const { left } = look();
        const due = Math.min(passPages, roomPages());
        if (left > 0 && left >= due) {
          // With so little room, what comes during a pass might take all of it.
          if (due <= stallPages) shorten();
          else if (!passing) return void start(left);
        }
      }
      // Short of a pass: copied once it is quiet, so that the next start finds little to read.
      if (idle) idle.refresh();
      else idle = setTimeout(whenIdle, idleMs);
    },
    stop() {
      stopped = true;
      clearTimeout(idle);
    },
  };
}
