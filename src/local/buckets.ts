/** How often something took how long: counts by fixed bounds, as a Prometheus histogram has them. */
export interface Buckets {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** How many were at most the bound of the same place and above the one before; the last counts what is above all. */
  readonly counts: Float64Array;
  /** In seconds. */
  readonly sum: number;
  /** Looks nothing up and allocates nothing: it stands on the accept path. */
  observe(seconds: number): void;
}

export function createBuckets(bounds: readonly number[]): Buckets {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    bounds,
    counts,
    get sum() {
      return sum;
    },
    observe(seconds) {
      let place = 0;
      while (place < bounds.length && seconds > (bounds[place] ?? 0)) place += 1;
      counts[place] = (counts[place] ?? 0) + 1;
      sum += seconds;
    },
  };
}
