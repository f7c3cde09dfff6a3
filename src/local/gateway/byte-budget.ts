import { type Clock, monotonicClock } from '../../clock.ts';

/** Bounds the bytes of all request bodies that are held at the same time. */
export interface ByteBudget {
  /** @param drop Called when the body is given up for others; its bytes are given back then. */
  open(drop: () => void): BodyShare;
}

/** What one body holds. */
export interface BodyShare {
  /**
   * Takes `bytes` if there are as many left. Else bodies that have been on their way for longer than any honest one are dropped, the
   * oldest first, if that makes enough room: whoever sends a part of many bodies, and no more, would keep all others out.
   */
  take(bytes: number): boolean;
  /** It came whole, and is dropped no more. */
  complete(): void;
  /** Gives all of it back. */
  close(): void;
}

/** Milliseconds. A source queue takes a megabyte at most, which a provider sends in far less. */
const patienceMs = 3000;

/** A budget of `limitBytes`. @param clock Milliseconds of a clock that only runs forward. */
export function createByteBudget(limitBytes: number, clock: Clock = monotonicClock): ByteBudget {
  let left = limitBytes;
  /** Those that are on their way, the oldest first. */
  const coming = new Set<Share>();

  class Share implements BodyShare {
    readonly #since = clock();
    readonly #drop: () => void;
    #held = 0;

    constructor(drop: () => void) {
      this.#drop = drop;
      coming.add(this);
    }

    take(bytes: number): boolean {
      if (bytes > left && !this.#makeRoom(bytes)) return false;
      left -= bytes;
      this.#held += bytes;
      return true;
    }

    complete(): void {
      coming.delete(this);
    }

    close(): void {
      coming.delete(this);
      left += this.#held;
      this.#held = 0;
    }

    #makeRoom(bytes: number): boolean {
      const latest = clock() - patienceMs;
      const old: Share[] = [];
      let room = left;
      for (const share of coming) {
        if (room >= bytes || share.#since > latest) break;
        if (share === this || share.#held === 0) continue;
        old.push(share);
        room += share.#held;
      }
      if (room < bytes) return false;
      for (const share of old) {
        share.close();
        share.#drop();
      }
      return true;
    }
  }

  return { open: (drop) => new Share(drop) };
}
