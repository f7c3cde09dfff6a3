import { readHeader } from './headers.ts';
import { formatSortedForm } from './sorted-form.ts';
import { getPath, scalarText } from './json-path.ts';
import { readQuery, survivesUrl } from './query.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import type { RequestReader } from './request-reader.ts';
import type { MessagePart } from './scheme.ts';

/** The signed content in pieces, to be hashed one after the other: copying a body costs as much as hashing some of it. */
export type Message = readonly (string | Uint8Array)[];

/**
 * Puts the signed content together from the parts that a scheme names.
 *
 * @param timestamp As it stands in the request.
 */
export function assemble(
  parts: readonly MessagePart[],
  reader: RequestReader,
  timestamp: string | undefined,
): Message | Refusal {
  const pieces: (string | Uint8Array)[] = [];
  let text = '';
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    if (typeof part === 'string') text += part;
    else if (part.part === 'body') {
      if (text !== '') pieces.push(text);
      pieces.push(reader.request.body);
      text = '';
    } else if (part.part === 'timestamp' && timestamp !== undefined) text += timestamp;
    else {
      const next = parts[index + 1];
      const value = textOf(part, reader, typeof next === 'string' ? next : undefined);
      if (typeof value !== 'string') return value;
      text += value;
    }
  }
  if (text !== '') pieces.push(text);
  return pieces;
}

function textOf(
  part: Exclude<MessagePart, string | { part: 'body' }>,
  reader: RequestReader,
  delimiter: string | undefined,
): string | Refusal {
  switch (part.part) {
    case 'timestamp':
      return refuse('missing_timestamp', 'the signed timestamp is absent');
    case 'header':
      return signedHeader(part.name, reader, delimiter);
    case 'query':
      return signedQuery(part.name, reader, delimiter);
    case 'json':
      return jsonText(part.path, part.optional === true, reader);
    case 'url': {
      const { url } = reader.request;
      if (url === undefined || url === '')
        return refuse('missing_context', 'the provider signs the URL, and the source has no publicUrl');
      return part.unescape === undefined ? url : unescapeUrl(url, part.unescape);
    }
    case 'method':
      return reader.request.method ?? refuse('missing_context', 'the provider signs the method, which is not known');
    case 'sortedForm': {
      const form = reader.form();
      return isRefusal(form) ? form : formatSortedForm(form);
    }
  }
}

const printable = /^[\x20-\x7e]+$/;

function signedHeader(name: string, reader: RequestReader, delimiter: string | undefined): string | Refusal {
  const value = readHeader(reader.request.headers, name);
  if (value === undefined) return refuse('missing_signature', `the signed header ${name} is absent or empty`);
  if (isRefusal(value)) return value;
  if (!printable.test(value) || (delimiter !== undefined && value.includes(delimiter)))
    return refuse('malformed_signature', `the signed header ${name} holds a character that it must not hold`);
  return value;
}

/**
 * Signed as it was typed or as it was escaped, the provider alone knows, and which of the two a message holds is not
 * documented: what could be either is refused.
 */
function signedQuery(name: string, reader: RequestReader, delimiter: string | undefined): string | Refusal {
  const value = readQuery(reader.request.query, name);
  if (value === undefined) return refuse('missing_signature', `the signed query parameter ${name} is absent or empty`);
  if (!survivesUrl(value) || (delimiter !== undefined && value.includes(delimiter)))
    return refuse(
      'malformed_signature',
      `the signed query parameter ${name} came twice, or holds a character that it must not hold`,
    );
  return value;
}

function jsonText(path: string, optional: boolean, reader: RequestReader): string | Refusal {
  const json = reader.json();
  if (isRefusal(json)) return json;
  const value = getPath(json.value, path);
  if (optional && (value === undefined || value === null)) return '';
  return scalarText(value) ?? refuse('malformed_body', `the signed field "${path}" is absent or not a plain value`);
}

function unescapeUrl(url: string, characters: string): string {
  return url.replaceAll(/%([0-7][0-9a-f])/gi, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return characters.includes(character) ? character : escape;
  });
}
