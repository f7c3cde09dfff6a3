import type { DatabaseSync } from 'node:sqlite';
import type { WalSize } from '../../wal-writeback.ts';
import { walLimitBytes } from './database.ts';

/** Copies the WAL into the database while commits go on, and keeps the WAL short. */
export interface Checkpoints {
  /**
   * To be called after every turn that may have committed, with the bytes of the messages that it took in.
   *
   * @returns when the WAL grows faster than the disk takes it: the writer is to commit no more until it resolves
   */
  written(bytes: number): Promise<void> | undefined;
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

/** So much of the WAL is worth a pass: the longer, the more often the same page is in it. */
const passBytes = 32 * 2 ** 20;
/**
 * Of the room that the disk has left, so much may wait to be copied: the database may have to grow by as much, and a WAL that has
 * taken all the room can be neither copied nor continued.
 */
const shareOfRoom = 1 / 8;
/** In limits. From the first on the writer copies what is left, however much; at the second it waits for the pass that is under way. */
const shortenAt = 2;
const holdAt = 3;
/** What the writer may copy by itself, in one short stall. */
const stallBytes = 2 * 2 ** 20;
const idleMs = 500;
/** Several turns are let pass before the next look: so many, or so many bytes. */
const turnsBetweenLooks = 8;
const bytesBetweenLooks = 2 ** 20;

/**
 * A passive checkpoint never waits for a writer nor holds it up, but under load it never reaches the end of a WAL
 * that grows meanwhile, and only a WAL that was copied whole begins anew. So passes run in another thread, each for what
 * the one before left, and once the WAL is over its limit the writer copies the little that remains itself, between two
 * commits: its next commit then writes to the beginning of the file. On a disk that takes the copies more slowly than the
 * commits, the writer waits, so that the WAL has a bound.
 */
export function createCheckpoints({ database, pass, look, room }: CheckpointOptions): Checkpoints {
  const copy = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  let passing: Promise<void> | undefined;
  let stopped = false;
  let idle: NodeJS.Timeout | undefined;
  let turns = 0;
  let bytes = 0;

  const shareOfRoomBytes = () => room() * shareOfRoom;
  const limitBytes = () => Math.min(walLimitBytes, 4 * shareOfRoomBytes());

  /** @param before how many bytes are not copied */
  function start(before: number): void {
    passing = passOnce(before);
  }

  async function passOnce(before: number): Promise<void> {
    await pass();
    passing = undefined;
    if (stopped) return;
    const wal = look();
    const limit = limitBytes();
    if (wal.bytes < limit || wal.left === 0) return;
    if (wal.left <= stallBytes || wal.bytes >= shortenAt * limit) shorten();
    // One that got nowhere, on a full disk or beside a reader that stays, is left to the next look: at once, it would only spin.
    else if (wal.left < before) start(wal.left);
  }

  function whenIdle(): void {
    if (passing || stopped) return;
    const { left } = look();
    if (left > 0) start(left);
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
      if (stopped) return undefined;
      turns += 1;
      bytes += more;
      let hold = false;
      if (turns >= turnsBetweenLooks || bytes >= bytesBetweenLooks) {
        turns = 0;
        bytes = 0;
        const wal = look();
        const due = Math.min(passBytes, shareOfRoomBytes());
        if (wal.left > 0 && wal.left >= due) {
          // With so little room, what comes during a pass might take all of it.
          if (due <= stallBytes) shorten();
          else if (!passing) start(wal.left);
          hold = wal.bytes >= holdAt * limitBytes();
        }
      }
      // Short of a pass: copied once it is quiet, so that the next start finds little to read.
      if (idle) idle.refresh();
      else idle = setTimeout(whenIdle, idleMs);
      return hold ? passing : undefined;
    },
    stop() {
      stopped = true;
      clearTimeout(idle);
    },
  };
}
