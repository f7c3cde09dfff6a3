import { refuse, type Refusal } from './refusal.ts';
import type { HeaderFields } from './types.ts';

/** The longest header value that is looked at; API Gateway takes 10,240 bytes for all headers together. */
export const maxHeaderLength = 8192;

/**
 * Reads a header whatever the case of its name. An empty one counts as absent. One that arrived with two different
 * values is refused: another reader might take the other one.
 */
export function readHeader(headers: HeaderFields, name: string): string | undefined | Refusal {
  let found: string | undefined;
  // Not over Object.keys, whose list is made anew for each header that is read.
  for (const key in headers) {
    if (key !== name && (key.length !== name.length || key.toLowerCase() !== name)) continue;
    if (!Object.hasOwn(headers, key)) continue;
    const field = headers[key];
    if (typeof field === 'string') {
      if (found !== undefined && found !== field) return ambiguous(name);
      found = field;
    } else
      for (const value of field ?? []) {
        if (found !== undefined && found !== value) return ambiguous(name);
        found = value;
      }
  }
  if (found !== undefined && found.length > maxHeaderLength)
    return refuse('malformed_signature', `the header ${name} is longer than ${maxHeaderLength} characters`);
  return found === '' ? undefined : found;
}

function ambiguous(name: string): Refusal {
  return refuse('ambiguous_header', `the header ${name} arrived with two different values`);
}
