import type { Exposition, MetricsInput } from './exposition.ts';

/**
 * The exposition, made when it is first asked for: without anybody who scrapes, no library is loaded and no event loop
 * watched.
 */
export function lazyExposition(input: MetricsInput): Exposition {
  let made: Promise<Exposition> | undefined;
  return {
    // https://prometheus.io/docs/instrumenting/exposition_formats/
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    async text() {
      made ??= import('./exposition.ts').then(({ createExposition }) => createExposition(input));
      return (await made).text();
    },
  };
}
