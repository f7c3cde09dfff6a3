/** What so many loops at once got done. */
export interface Rate {
  perSecond: number;
  /** Milliseconds of one call. */
  p99: number;
}

/** Runs `work` in so many loops until `stop` says so; each call counts for what it returns. */
export async function rate(
  loops: number,
  stop: (count: number) => boolean,
  work: () => Promise<number>,
): Promise<Rate> {
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
  return { perSecond: count / elapsed, p99: sorted[Math.floor((sorted.length - 1) * 0.99)] ?? NaN };
}

export function forSeconds(seconds: number): () => boolean {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() > end;
}
