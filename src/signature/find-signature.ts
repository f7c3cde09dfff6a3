import { decode } from './encoding.ts';
import { maxHeaderLength, readHeader } from './headers.ts';
import { getPath } from './json-path.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import type { RequestReader } from './request-reader.ts';
import type { SignatureLocation } from './scheme.ts';

/** More signatures than any provider sends while it rotates its secrets. */
const maxCandidates = 10;

export interface FoundSignature {
  /** At least one, decoded; each of the length that the algorithm gives, where that is known. */
  candidates: readonly Buffer[];
  /** The timestamp that stands beside the signature in `key=value` pairs, as text. */
  pairTimestamp: string | undefined;
}

/**
 * Takes the signatures out of a request. Entries that are not in the documented form do not count; if none is left,
 * the request is refused.
 *
 * @param byteLength What the algorithm gives; undefined where signatures vary in length.
 * @param timestampKey The key of the timestamp in `pairs`.
 */
export function findSignature(
  location: SignatureLocation,
  reader: RequestReader,
  byteLength?: number,
  timestampKey?: string,
): FoundSignature | Refusal {
  const texts = signatureTexts(location, reader);
  if (!Array.isArray(texts)) return texts;
  let found = texts;
  let pairTimestamp: string | undefined;
  if (location.pairs) {
    found = [];
    for (const text of texts) {
      const timestamp = splitPairs(text, location.pairs, timestampKey, found);
      if (typeof timestamp === 'object') return timestamp;
      pairTimestamp = timestamp;
    }
  } else if (location.listLabel !== undefined) {
    found = [];
    for (const text of texts) pushLabelled(text, location.listLabel, found);
  }
  if (found.length === 0) return refuse('missing_signature', `${place(location)} carries no signature of this kind`);
  if (found.length > maxCandidates)
    return refuse('malformed_signature', `${place(location)} carries more than ${maxCandidates} signatures`);
  const candidates = decodeAll(found, location, byteLength);
  if (candidates.length > 0) return { candidates, pairTimestamp };
  return refuse('malformed_signature', `${place(location)} does not hold ${expected(location, byteLength)}`);
}

function decodeAll(texts: readonly string[], location: SignatureLocation, byteLength: number | undefined): Buffer[] {
  const { prefix, encoding } = location;
  const candidates: Buffer[] = [];
  for (const text of texts) {
    if (prefix !== undefined && !text.startsWith(prefix)) continue;
    const bytes = decode(encoding, prefix === undefined ? text : text.slice(prefix.length));
    if (bytes && (byteLength === undefined || bytes.length === byteLength)) candidates.push(bytes);
  }
  return candidates;
}

function signatureTexts(location: SignatureLocation, reader: RequestReader): string[] | Refusal {
  if (location.json !== undefined) {
    const json = reader.json();
    if (isRefusal(json)) return json;
    const value = getPath(json.value, location.json);
    if (value === undefined || value === null || value === '')
      return refuse('missing_signature', `${place(location)} is absent or empty`);
    if (typeof value === 'string' && value.length <= maxHeaderLength) return [value];
    return refuse('malformed_signature', `${place(location)} is not a string of a signature's length`);
  }
  if (location.headers === undefined && location.header !== undefined) {
    const text = readHeader(reader.request.headers, location.header);
    if (typeof text === 'string') return [text];
    return text ?? refuse('missing_signature', `${place(location)} is absent or empty`);
  }
  const texts: string[] = [];
  for (const name of headerNames(location)) {
    const text = readHeader(reader.request.headers, name);
    if (isRefusal(text)) return text;
    if (text !== undefined) texts.push(text);
  }
  return texts.length > 0 ? texts : refuse('missing_signature', `${place(location)} is absent or empty`);
}

/** Adds the signatures to `found` and gives the timestamp. */
function splitPairs(
  text: string,
  { separator, key }: { separator: string; key: string },
  timestampKey: string | undefined,
  found: string[],
): string | undefined | Refusal {
  let timestamp: string | undefined;
  for (let start = 0; start <= text.length;) {
    const at = text.indexOf(separator, start);
    const end = at === -1 ? text.length : at;
    // White space after a separator: an intermediary may fold a header line.
    while (start > 0 && (text[start] === ' ' || text[start] === '\t')) start++;
    const equals = text.indexOf('=', start);
    if (equals <= start || equals >= end)
      return refuse('malformed_signature', `the signature header is not key=value pairs with "${separator}"`);
    if (text.startsWith(key, start) && equals === start + key.length) found.push(text.slice(equals + 1, end));
    else if (
      timestampKey !== undefined &&
      text.startsWith(timestampKey, start) &&
      equals === start + timestampKey.length
    ) {
      if (timestamp !== undefined)
        return refuse('ambiguous_header', `the signature header holds more than one timestamp "${timestampKey}"`);
      timestamp = text.slice(equals + 1, end);
    }
    start = end + 1;
  }
  return timestamp;
}

function pushLabelled(text: string, label: string, found: string[]): void {
  const entries = text.includes(' ') ? text.split(' ') : [text];
  for (const entry of entries) if (entry.startsWith(label)) found.push(entry.slice(label.length));
}

/** The headers that may carry the signature, in the order in which they are read. */
export function headerNames(location: SignatureLocation): readonly string[] {
  return location.headers ?? (location.header === undefined ? [] : [location.header]);
}

function place(location: SignatureLocation): string {
  if (location.json !== undefined) return `the signature at "${location.json}" in the body`;
  return `the header ${headerNames(location).join(' or ')}`;
}

function expected(location: SignatureLocation, byteLength: number | undefined): string {
  const size = byteLength === undefined ? 'a signature' : `${byteLength} bytes`;
  return `${size} in ${location.encoding}${location.prefix === undefined ? '' : ` after "${location.prefix}"`}`;
}
