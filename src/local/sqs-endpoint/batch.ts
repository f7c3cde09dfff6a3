import { HookportError } from '../../errors.ts';
import { faults, SqsFault } from './fault.ts';
import { type Input, isInput, requiredText } from './input.ts';

interface BatchAnswer {
  Successful: { Id: string }[];
  Failed: { Id: string; Code: string; Message: string; SenderFault: boolean }[];
}

const maxEntries = 10;

/**
 * The entries of a batch request.
 *
 * @throws SqsFault for what makes SQS refuse the whole batch
 */
export function entriesOf(input: Input): { id: string; entry: Input }[] {
  const list = input['Entries'] ?? [];
  if (!Array.isArray(list) || list.length === 0) throw faults.emptyBatch();
  if (list.length > maxEntries) throw faults.tooManyEntries(list.length);
  const seen = new Set<string>();
  return list.map((entry: unknown) => {
    if (!isInput(entry)) throw faults.missingParameter('Entries');
    const id = requiredText(entry, 'Id');
    if (!/^[\w-]{1,80}$/.test(id)) throw faults.invalidBatchEntryId();
    if (seen.has(id)) throw faults.batchEntryIdsNotDistinct(id);
    seen.add(id);
    return { id, entry };
  });
}

/** Does `one` with every entry at the same time; one that fails does not keep the others from succeeding. */
export async function forEachEntry<Entry extends { id: string }>(
  entries: readonly Entry[],
  one: (entry: Entry) => Promise<object>,
): Promise<BatchAnswer> {
  const answer: BatchAnswer = { Successful: [], Failed: [] };
  const results = await Promise.allSettled(entries.map(async (entry) => await one(entry)));
  for (const [index, result] of results.entries()) {
    const Id = entries[index]?.id ?? '';
    if (result.status === 'fulfilled') answer.Successful.push({ Id, ...result.value });
    else answer.Failed.push({ Id, ...failure(result.reason) });
  }
  return answer;
}

function failure(error: unknown): { Code: string; Message: string; SenderFault: boolean } {
  if (error instanceof SqsFault)
    return { Code: error.queryCode, Message: error.message, SenderFault: error.status < 500 };
  const unavailable = error instanceof HookportError && error.code === 'queue_unavailable';
  return unavailable
    ? { Code: 'ServiceUnavailable', Message: 'The queue is unavailable.', SenderFault: false }
    : { Code: 'InternalError', Message: 'Internal error.', SenderFault: false };
}
