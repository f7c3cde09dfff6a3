import { decode } from './encoding.ts';
import { maxHeaderLength, readHeader } from './headers.ts';
import { getPath } from './json-path.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import type { RequestReader } from './request-reader.ts';
import type { SignatureLocation } from './scheme.ts';

/** More signatures than any provider sends while it rotates its secrets. */
const maxCandidates = 10;

export interface FoundSignature {
  ok: true;
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
  const search: Search = {
    ok: true,
    location,
    byteLength,
    timestampKey,
    count: 0,
    candidates: [],
    pairTimestamp: undefined,
  };
  const refusal = searchPlaces(search, reader);
  if (refusal) return refusal;
  if (search.count === 0) return refuse('missing_signature', `${place(location)} carries no signature of this kind`);
  if (search.count > maxCandidates)
    return refuse('malformed_signature', `${place(location)} carries more than ${maxCandidates} signatures`);
  if (search.candidates.length > 0) return search;
  return refuse('malformed_signature', `${place(location)} does not hold ${expected(location, byteLength)}`);
}

/** What is looked for, and what was found so far. One object, and no lists of texts: this is done for each request. */
interface Search extends FoundSignature {
  readonly location: SignatureLocation;
  readonly byteLength: number | undefined;
  readonly timestampKey: string | undefined;
  /** Entries of the right kind, in whatever form. */
  count: number;
  readonly candidates: Buffer[];
  pairTimestamp: string | undefined;
}

function searchPlaces(search: Search, reader: RequestReader): Refusal | undefined {
  const { location } = search;
  const text = location.json === undefined ? textInHeader(location, reader) : textInBody(location, reader);
  if (typeof text === 'object') return text;
  if (text !== undefined) return searchText(search, text);
  let seen = false;
  for (const name of location.headers ?? []) {
    const value = readHeader(reader.request.headers, name);
    if (value === undefined) continue;
    seen = true;
    const refusal = typeof value === 'object' ? value : searchText(search, value);
    if (refusal) return refusal;
  }
  return seen ? undefined : refuse('missing_signature', `${place(location)} is absent or empty`);
}

function textInHeader({ header }: SignatureLocation, reader: RequestReader): string | undefined | Refusal {
  return header === undefined ? undefined : readHeader(reader.request.headers, header);
}

function textInBody(location: SignatureLocation, reader: RequestReader): string | Refusal {
  const json = reader.json();
  if (isRefusal(json)) return json;
  const value = getPath(json.value, location.json ?? '');
  if (value === undefined || value === null || value === '')
    return refuse('missing_signature', `${place(location)} is absent or empty`);
  if (typeof value === 'string' && value.length <= maxHeaderLength) return value;
  return refuse('malformed_signature', `${place(location)} is not a string of a signature's length`);
}

function searchText(search: Search, text: string): Refusal | undefined {
  const { pairs, listLabel } = search.location;
  if (pairs) return searchPairs(search, text, pairs.separator, pairs.key);
  if (listLabel === undefined) take(search, text, 0, text.length);
  else
    for (let start = 0; start <= text.length;) {
      const blank = text.indexOf(' ', start);
      const end = blank === -1 ? text.length : blank;
      if (text.startsWith(listLabel, start)) take(search, text, start + listLabel.length, end);
      start = end + 1;
    }
  return undefined;
}

/** Takes the signatures and the timestamp out of `key=value` pairs. */
function searchPairs(search: Search, text: string, separator: string, key: string): Refusal | undefined {
  const { timestampKey } = search;
  for (let start = 0; start <= text.length;) {
    const at = text.indexOf(separator, start);
    const end = at === -1 ? text.length : at;
    // White space after a separator: an intermediary may fold a header line.
    while (start > 0 && (text[start] === ' ' || text[start] === '\t')) start++;
    const equals = text.indexOf('=', start);
    if (equals <= start || equals >= end)
      return refuse('malformed_signature', `the signature header is not key=value pairs with "${separator}"`);
    if (isWord(text, start, equals, key)) take(search, text, equals + 1, end);
    else if (timestampKey !== undefined && isWord(text, start, equals, timestampKey)) {
      if (search.pairTimestamp !== undefined)
        return refuse('ambiguous_header', `the signature header holds more than one timestamp "${timestampKey}"`);
      search.pairTimestamp = text.slice(equals + 1, end);
    }
    start = end + 1;
  }
  return undefined;
}

function isWord(text: string, start: number, end: number, word: string): boolean {
  return end === start + word.length && text.startsWith(word, start);
}

/** Counts an entry, and decodes it if it is in the documented form. */
function take(search: Search, text: string, start: number, end: number): void {
  if (++search.count > maxCandidates) return;
  const { prefix, encoding } = search.location;
  if (prefix !== undefined && !text.startsWith(prefix, start)) return;
  const bytes = decode(encoding, text.slice(start + (prefix?.length ?? 0), end));
  if (bytes && (search.byteLength === undefined || bytes.length === search.byteLength)) search.candidates.push(bytes);
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
