import { findSignature } from './find-signature.ts';
import { readHeader } from './headers.ts';
import { getPath, scalarText } from './json-path.ts';
import { assemble, type Message } from './message.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { RequestReader } from './request-reader.ts';
import type { KeyedScheme, MessagePart, TimestampLocation, VerifyOptions } from './scheme.ts';
import { timestampProblem } from './timestamp.ts';
import type { SignedRequest } from './types.ts';

/** What is left to check once a request has been taken apart. */
export interface SignedContent {
  ok: true;
  candidates: readonly Buffer[];
  message: Message;
  reader: RequestReader;
}

/**
 * Takes a request apart as far as a `hmac` or `publicKey` scheme says: signatures, timestamp, signed content. A
 * timestamp that is not in time is refused here, before anything is hashed.
 */
export function readSignedContent(
  scheme: KeyedScheme,
  request: SignedRequest,
  options: VerifyOptions,
  byteLength?: number,
): SignedContent | Refusal {
  const reader = new RequestReader(request);
  const { timestamp: location } = scheme;
  const pairKey = location && 'pair' in location.from ? location.from.pair : undefined;
  const found = findSignature(scheme.signature, reader, byteLength, pairKey);
  if (!found.ok) return found;
  let timestamp: string | undefined;
  if (location && !isCheckedLater(scheme, location)) {
    const text = timestampText(location, reader, found.pairTimestamp);
    if (typeof text === 'object') return text;
    const problem = timestampProblem(location, text, request.receivedAt, options.toleranceSeconds);
    if (problem) return problem;
    timestamp = text;
  }
  const message = assemble(scheme.message, reader, timestamp);
  return 'ok' in message ? message : { ok: true, candidates: found.candidates, message, reader };
}

/** What can only be checked in a body whose signature is known to be good. */
export function bodyProblem(scheme: KeyedScheme, reader: RequestReader, options: VerifyOptions): Refusal | undefined {
  const { timestamp: location } = scheme;
  if (location && isCheckedLater(scheme, location)) {
    const text = timestampText(location, reader, undefined);
    if (isRefusal(text)) return text;
    const problem = timestampProblem(location, text, reader.request.receivedAt, options.toleranceSeconds);
    if (problem) return problem;
  }
  return onlyItemProblem(scheme, reader);
}

/** A body is not parsed before its signature is known, unless what is signed stands in it. */
function isCheckedLater(scheme: KeyedScheme, { from }: TimestampLocation): boolean {
  return 'json' in from && !scheme.message.some(isTimestamp);
}

function isTimestamp(part: MessagePart): boolean {
  return typeof part === 'object' && part.part === 'timestamp';
}

/** As it stands in the request. */
export function timestampText(
  { from }: TimestampLocation,
  reader: RequestReader,
  pairTimestamp: string | undefined,
): string | undefined | Refusal {
  if ('pair' in from) return pairTimestamp;
  if ('header' in from) return readHeader(reader.request.headers, from.header);
  const json = reader.json();
  return isRefusal(json) ? json : scalarText(getPath(json.value, from.json));
}

function onlyItemProblem(scheme: KeyedScheme, reader: RequestReader): Refusal | undefined {
  if (scheme.scheme !== 'hmac' || scheme.onlyItem === undefined) return undefined;
  const json = reader.json();
  if (isRefusal(json)) return json;
  const items = getPath(json.value, scheme.onlyItem);
  if (Array.isArray(items) && items.length === 1) return undefined;
  return refuse('malformed_body', `the signature covers one item, and "${scheme.onlyItem}" does not hold exactly one`);
}
