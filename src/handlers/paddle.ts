import { defineHandler, RetryAfter } from 'hookport';

/** Called with each verified delivery of the source `paddle`: here money changes hands, so each step bears a repetition. */
export default defineHandler('paddle', async (delivery, { log, signal }) => {
  if (!delivery.is('transaction.completed')) return;
  // Paddle publishes no type of the JSON that it sends: name what you use.
  const { data } = delivery.payload as { data: { id: string; customer_id: string | null } };
  const isNew = await unlock(data, signal);
  log.info(isNew ? 'unlocked' : 'was unlocked before', { transaction: data.id });
});

const unlocked = new Set<string>();

/** Stands for your database: keyed by the transaction, so that a second call changes nothing. */
async function unlock(transaction: { id: string; customer_id: string | null }, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  // Paddle may complete a transaction before it knows the customer; the customer follows within seconds.
  if (transaction.customer_id === null) throw new RetryAfter(60, 'the customer is not known yet');
  if (unlocked.has(transaction.id)) return false;
  unlocked.add(transaction.id);
  return true;
}
