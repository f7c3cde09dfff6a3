/**
 * How far the intake log is on disk, told by the writing thread to the engine's. A message between threads costs as much as
 * a small write, so none is sent while the one before was not heard.
 */
export interface Bell {
  /** @returns whether the other side must be called: it was not since it last {@link heard} */
  ring(position: number): boolean;
  /** @returns the last position that was told */
  heard(): number;
}

/** In shared memory: a position, and whether it was told and not heard. */
export function createBellMemory(position: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  new BigInt64Array(memory)[0] = BigInt(position);
  return memory;
}

export function createBell(memory: SharedArrayBuffer): Bell {
  const words = new BigInt64Array(memory);
  return {
    ring(position) {
      Atomics.store(words, 0, BigInt(position));
      return Atomics.exchange(words, 1, 1n) === 0n;
    },
    heard() {
      // Before the position is read: what is told later calls again.
      Atomics.store(words, 1, 0n);
      return Number(Atomics.load(words, 0));
    },
  };
}
