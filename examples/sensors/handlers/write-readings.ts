import { defineBatchHandler, type Delivery, PermanentError, RetryAfter } from 'hookport';
import { Pool } from 'pg';
import { type Reading, toReading } from '../reading.ts';

const { DATABASE_URL: connectionString } = process.env;

/**
 * One for all batches of this thread or function. On one machine both batches that `concurrency` allows run in one thread, each
 * with a connection; on AWS each runs in an environment of its own, which needs only one of the two.
 */
const pool = new Pool({
  // Without it, PGHOST, PGDATABASE, PGUSER and the others count.
  ...(connectionString !== undefined && { connectionString }),
  max: 2,
  connectionTimeoutMillis: 5000,
  // Well within the batch's timeout. PostgreSQL gives up first: a connection that only this side has left would go on beside its
  // successor until the statement ends.
  statement_timeout: 15_000,
  query_timeout: 20_000,
});
// A connection that is lost while nothing uses it: the next batch opens another. Without a listener the thread would end.
pool.on('error', () => undefined);

// A single statement is a transaction: all of a batch is there, or nothing. What came before is passed over.
const insert = `
  INSERT INTO readings (delivery_id, sensor, kind, at, value, received_at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::float8[], $6::timestamptz[])
  ON CONFLICT (delivery_id) DO NOTHING`;

/**
 * Writes a batch by one INSERT. A reading that is not valid goes to the dead-letter queue alone. If PostgreSQL does not take the
 * batch, all of it comes again: soon at first, since a restart takes seconds, and then more and more rarely.
 */
export default defineBatchHandler('sensor', async (deliveries, { fail, log }) => {
  const rows: [Delivery, Reading][] = [];
  for (const delivery of deliveries) {
    const reading = toReading(delivery);
    if (reading.ok) rows.push([delivery, reading.value]);
    else fail(delivery, new PermanentError(reading.problem));
  }
  if (rows.length === 0) return;
  try {
    const { rowCount } = await pool.query(insert, [
      rows.map(([{ id }]) => id),
      rows.map(([, { sensor }]) => sensor),
      rows.map(([, { kind }]) => kind),
      rows.map(([, { at }]) => at),
      rows.map(([, { value }]) => value),
      rows.map(([{ receivedAt }]) => receivedAt),
    ]);
    log.info('written', { deliveries: deliveries.length, rows: rowCount ?? 0 });
  } catch (error) {
    const attempt = Math.max(...deliveries.map((delivery) => delivery.attempt));
    throw new RetryAfter(Math.min(2 ** (attempt - 1), 300), `PostgreSQL did not take the batch: ${nameOf(error)}`);
  }
});

/** SQLSTATE or the system's code, where there is one. A message may quote values. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'connection lost or timed out';
}
