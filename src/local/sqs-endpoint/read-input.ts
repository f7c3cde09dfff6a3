import type { IncomingMessage } from 'node:http';
import { createPieces } from '../http/pieces.ts';
import { SqsFault } from './fault.ts';
import { type Input, isInput } from './input.ts';

/** A batch is at most 1 MiB of messages, of which JSON can make six times as much. */
const maxRequestBytes = 8 * 1024 * 1024;

/** Reads the JSON object of a request. @throws SqsFault */
export async function readInput(request: IncomingMessage): Promise<Input> {
  const pieces = createPieces();
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxRequestBytes)
      throw new SqsFault('RequestEntityTooLarge', 'The request is too large.', { status: 413 });
    pieces.add(chunk);
  }
  const input = parse(pieces.joined(bytes).toString('utf8'));
  if (!isInput(input)) throw new SqsFault('SerializationException', 'The request is not a JSON object.');
  return input;
}

function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
