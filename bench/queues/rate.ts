/** What so many loops at once got done. */
export interface Rate {
  perSecond: number;
  /** Milliseconds of one call. */
  p99: number;
}

/** Runs `work` in so many loops until `stop` says so, or there is nothing left; each call counts for what it returns. */
export async function rate(
  loops: number,
  stop: (count: number) => boolean,
  work: () => Promise<number>,
): Promise<Rate & { count: number }> {
  const times: number[] = [];
  let count = 0;
  const began = performance.now();
  const loop = async () => {
    while (!stop(count)) {
      const start = performance.now();
      // Not `count += await …`, which would add to what the count was before.
      const done = await work();
      count += done;
      times.push(performance.now() - start);
      if (done === 0) return;
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  const elapsed = (performance.now() - began) / 1000;
  const sorted = Float64Array.from(times).toSorted();
  return { perSecond: count / elapsed, p99: sorted[Math.floor((sorted.length - 1) * 0.99)] ?? NaN, count };
}

export interface Bounds {
  loops: number;
  seconds: number;
  /** Of messages. */
  most: number;
}

/**
 * Sends, then receives and deletes as many, so that about as many wait afterwards as before.
 *
 * @param drain @returns how many it took; 0 where none is there
 */
export async function measureRates(
  { loops, seconds, most }: Bounds,
  send: () => Promise<number>,
  drain: () => Promise<number>,
  drainLoops = loops,
): Promise<{ send: Rate; drain: Rate }> {
  const within = (limit: number) => {
    const end = performance.now() + seconds * 1000;
    return (count: number) => count >= limit || performance.now() > end;
  };
  const { count, ...sent } = await rate(loops, within(most), send);
  const { count: _, ...drained } = await rate(drainLoops, within(count), drain);
  return { send: sent, drain: drained };
}
