import { Client } from '@elastic/elasticsearch';
import { defineBatchHandler, type Delivery, PermanentError } from 'hookport';

/** The payload, which log.schema.json has checked. */
interface Log {
  at: string;
  level: string;
  message: string;
  session: string;
  page?: string;
  stack?: string;
  fields?: Record<string, unknown>;
}

/** A data stream, which Elasticsearch makes by its own template for `logs-*-*`. */
const dataStream = 'logs-frontend-default';

const { ELASTICSEARCH_URL: node = 'http://127.0.0.1:9200', ELASTICSEARCH_API_KEY: apiKey } = process.env;
// One for all batches of this thread or function: it keeps its connections.
const client = new Client({ node, ...(apiKey !== undefined && { auth: { apiKey } }), maxRetries: 1 });

/**
 * Indexes a batch by one `_bulk` request. Each document has its delivery's id, so a delivery that comes again is found
 * (409) and no log stands there twice. What Elasticsearch refuses is reported one by one: a document that it will never take goes
 * to the dead-letter queue, one that it has no room for now is tried again. If it cannot be reached at all, the helper throws,
 * and the whole batch comes again.
 */
export default defineBatchHandler(async (deliveries, { fail, log, signal }) => {
  const byId = Map.groupBy(deliveries, ({ id }) => id);
  const bulk = client.helpers.bulk<Delivery>({
    datasource: [...deliveries],
    onDocument: (delivery) => [{ create: { _index: dataStream, _id: delivery.id } }, toDocument(delivery)],
    onDrop: ({ status, error, operation }) => {
      if (status === 409) return;
      const id = 'create' in operation ? (operation.create?._id ?? '') : '';
      for (const delivery of byId.get(id) ?? []) fail(delivery, toError(status, error?.type));
    },
    // The queue waits longer than a function should, and lets others go on meanwhile.
    retries: 0,
  });
  const stop = () => void bulk.abort();
  signal.addEventListener('abort', stop);
  try {
    const { successful, failed } = await bulk;
    // A helper that was stopped, or an answer that lacks some, says nothing about the rest: better all again than one lost.
    if (successful + failed < deliveries.length)
      throw new Error(
        `of ${deliveries.length} logs, ${successful} were indexed and ${failed} refused; nothing is known of the rest`,
      );
    log.info('indexed', { deliveries: deliveries.length, successful, notTaken: failed });
  } finally {
    signal.removeEventListener('abort', stop);
  }
});

/** Names follow the Elastic Common Schema. */
function toDocument({ id, payload, receivedAt }: Delivery): object {
  const { at, level, message, session, page, stack, fields } = payload as Log;
  return {
    '@timestamp': at,
    message,
    log: { level },
    event: { id, ingested: receivedAt.toISOString() },
    labels: { session },
    ...(page !== undefined && { url: { full: page } }),
    ...(stack !== undefined && { error: { stack_trace: stack } }),
    ...(fields && { frontend: fields }),
  };
}

/** Elasticsearch's `reason` would quote the document; its type does not. */
function toError(status: number, type = 'unknown error'): Error {
  const message = `Elasticsearch answered ${status} ${type}`;
  const isRefusal = status >= 400 && status < 500 && status !== 429;
  return isRefusal ? new PermanentError(message) : new Error(message);
}
