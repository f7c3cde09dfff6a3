import type { PurgeReport } from '../../consumer/purge.ts';
import type { RedriveReport } from '../../consumer/redrive.ts';
import { HookportError } from '../../errors.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext, DeadLetterAction } from './context.ts';
import { readDelivery } from './deliveries.ts';
import { parseTime } from './delivery-filter.ts';
import { findSource } from './sources.ts';

type Body = Readonly<Record<string, unknown>>;

/** `POST /api/redrive` `{source, reason?, eventType?, ids?, dryRun?}`. @throws ApiError 400 or 404 */
export async function redriveDeadLetters(context: ApiContext, body: Body): Promise<RedriveReport> {
  return context.redrive(findSource(context, body['source']), actionOf(body));
}

/**
 * `POST /api/dead-letters/purge` `{source, reason?, eventType?, ids?, asOf?, dryRun?}`, or `{source, all: true}`: to delete
 * all of a source's must be asked for in as many words. With the `asOf` of a dry run it deletes nothing that came in since.
 *
 * @throws ApiError 400 or 404
 */
export async function purgeDeadLetters(context: ApiContext, body: Body): Promise<PurgeReport> {
  const source = findSource(context, body['source']);
  const action = actionOf(body);
  const isSelection = [action.reason, action.eventType, action.ids].some((each) => each !== undefined);
  if (isSelection === (body['all'] === true))
    throw new ApiError(400, 'name what to delete with reason, eventType or ids; or else say "all": true');
  const { asOf } = body;
  if (asOf === undefined) return context.purge(source, action);
  if (typeof asOf !== 'string') throw new ApiError(400, 'asOf must be text');
  return context.purge(source, { ...action, asOf: parseTime('asOf', asOf) });
}

/** `POST /api/replay` `{id}`: what `GET /api/deliveries/<id>` shows is submitted again. @throws ApiError 400, 404 or 409 */
export async function replayDelivery(
  context: ApiContext,
  { id }: Body,
): Promise<{ source: string; messageId: string }> {
  if (typeof id !== 'string') throw new ApiError(400, 'id must be the request id, message id or delivery id');
  const kept = await readDelivery(context, id);
  await refuseAmbiguous(context, id);
  const source = findSource(context, kept.source);
  try {
    return { source: source.id, ...(await context.replay(source, kept)) };
  } catch (error) {
    if (error instanceof HookportError && error.code === 'usage') throw new ApiError(409, error.message);
    throw error;
  }
}

/** One provider may send a message under the same id to several of its endpoints. @throws ApiError 409 */
async function refuseAmbiguous({ journal }: ApiContext, id: string): Promise<void> {
  const { entries } = await journal.list({ id, limit: 100 });
  const bySource = new Map(entries.toReversed().map((entry) => [entry.source, entry]));
  if (bySource.size <= 1) return;
  const named = [...bySource.values()].map((entry) => `${entry.id} of ${entry.source}`).toSorted();
  throw new ApiError(
    409,
    `deliveries of several sources have this id: name one by its request id, ${named.join(' or ')}`,
  );
}

/** `POST /api/sources/<id>/pause` or `/resume`. @throws ApiError 404, or 409 where nothing of ours consumes the source */
export async function setPaused(
  context: ApiContext,
  id: string,
  paused: boolean,
): Promise<{ id: string; paused: boolean }> {
  const source = findSource(context, id);
  if (!source.consumer)
    throw new ApiError(409, `you consume the queue of "${id}" yourself, so there is nothing to pause`);
  await context.setPaused(source, paused);
  return { id, paused };
}

function actionOf({ reason, eventType, ids, dryRun }: Body): DeadLetterAction {
  if (reason !== undefined && typeof reason !== 'string') throw new ApiError(400, 'reason must be text');
  if (eventType !== undefined && typeof eventType !== 'string') throw new ApiError(400, 'eventType must be text');
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw new ApiError(400, 'dryRun must be true or false');
  if (ids !== undefined && !isTexts(ids)) throw new ApiError(400, 'ids must be a list of texts');
  return { reason, eventType, ids, dryRun };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
