import type { HttpBindings } from '@hono/node-server';
import { createPieces } from '../http/pieces.ts';
import { ApiError } from './api-error.ts';

const maxBytes = 1024 * 1024;

/** The body of a request as a JSON object. @throws ApiError 400 or 413 */
export async function readJson({ incoming, outgoing }: HttpBindings): Promise<Readonly<Record<string, unknown>>> {
  const pieces = createPieces();
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      // The rest is never read, nor what the client might ask next on this connection.
      outgoing.shouldKeepAlive = false;
      throw new ApiError(413, 'the body is larger than 1 MiB');
    }
    pieces.add(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(pieces.joined(bytes).toString('utf8'));
  } catch {
    throw new ApiError(400, 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ApiError(400, 'the body must be a JSON object');
  return value as Record<string, unknown>;
}
