import type { IncomingMessage } from 'node:http';
import type { RedriveReport } from '../../consumer/redrive.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { readJson } from './read-json.ts';

/** `POST /api/redrive` `{source, reason?, ids?, dryRun?}`. @throws ApiError 400 or 404 */
export async function redriveDeadLetters(context: ApiContext, request: IncomingMessage): Promise<RedriveReport> {
  const { source: id, reason, ids, dryRun } = await readJson(request);
  const source = context.plan.sources.find((each) => each.id === id);
  if (!source) throw new ApiError(404, `no source is called "${typeof id === 'string' ? id : ''}"`);
  if (reason !== undefined && typeof reason !== 'string') throw new ApiError(400, 'reason must be text');
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw new ApiError(400, 'dryRun must be true or false');
  if (ids !== undefined && !isTexts(ids)) throw new ApiError(400, 'ids must be a list of texts');
  return context.redrive(source, { reason, ids, dryRun });
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
