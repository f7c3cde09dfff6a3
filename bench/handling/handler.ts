import { writeFileSync } from 'node:fs';
import { defineHandler } from 'hookport';

/**
 * Does nothing but tell when it had each delivery in hand: `<path of BENCH_REPORT>` holds, as JSON, how many it got, when
 * the last came, and for those with a `sentAt` in their payload (milliseconds of the clock that all processes share) how
 * long they were under way.
 */
const latencies: number[] = [];
let handled = 0;
let lastAt = 0;

const now = () => performance.timeOrigin + performance.now();

// Only when a while nothing came: writing would hold up what comes meanwhile.
const report = setTimeout(() => {
  writeFileSync(process.env['BENCH_REPORT'] ?? '', JSON.stringify({ handled, lastAt, latencies }));
}, 200);

export default defineHandler('github', (delivery) => {
  lastAt = now();
  handled += 1;
  const { sentAt } = delivery.payload as { sentAt?: number };
  if (sentAt !== undefined) latencies.push(lastAt - sentAt);
  report.refresh();
});
