/** Bounds the bytes of all request bodies that are held at the same time. */
export interface ByteBudget {
  /** Takes `bytes` if there are as many left. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** A budget of `limitBytes`. */
export function createByteBudget(limitBytes: number): ByteBudget {
  let left = limitBytes;
  return {
    take(bytes) {
      if (bytes > left) return false;
      left -= bytes;
      return true;
    },
    give(bytes) {
      left += bytes;
    },
  };
}
