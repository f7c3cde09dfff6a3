import { Histogram, type Registry } from 'prom-client';
import type { Buckets } from '../buckets.ts';

/** A histogram whose counts are kept elsewhere, and only read when somebody asks for them. */
export class BucketHistogram extends Histogram<'source'> {
  readonly #options: { name: string; help: string };
  readonly #read: () => Iterable<readonly [source: string, buckets: Buckets]>;

  constructor(
    options: { name: string; help: string; registers: Registry[] },
    read: () => Iterable<readonly [source: string, buckets: Buckets]>,
  ) {
    super({ ...options, labelNames: ['source'] });
    this.#options = options;
    this.#read = read;
  }

  /** What prom-client asks for in place of `get` where a metric has it. */
  getForPromString() {
    return this.get();
  }

  override async get() {
    const { name, help } = this.#options;
    const type = 'histogram' as unknown as Awaited<ReturnType<Histogram['get']>>['type'];
    const values = [...this.#read()].flatMap(([source, buckets]) => valuesOf(name, source, buckets));
    return { name, help, type, aggregator: 'sum' as const, collect: () => undefined, values };
  }
}

function valuesOf(name: string, source: string, { bounds, counts, sum }: Buckets) {
  let total = 0;
  const below = [...counts].map((count, place) => {
    total += count;
    const labels = { source, le: bounds[place] === undefined ? '+Inf' : String(bounds[place]) };
    return { metricName: `${name}_bucket`, labels, value: total };
  });
  return [
    ...below,
    { metricName: `${name}_sum`, labels: { source }, value: sum },
    { metricName: `${name}_count`, labels: { source }, value: total },
  ];
}
