import { findSignature } from './find-signature.ts';
import { readHeader } from './headers.ts';
import { getPath, scalarText } from './json-path.ts';
import { assemble, type Message } from './message.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { RequestReader } from './request-reader.ts';
import type { HmacScheme, PublicKeyScheme, TimestampLocation, VerifyOptions } from './scheme.ts';
import { timestampProblem } from './timestamp.ts';
import type { SignedRequest } from './types.ts';

/** What is left to check once a request has been taken apart. */
export interface SignedContent {
  candidates: readonly Buffer[];
  message: Message;
  /** Checks that look into a body whose signature must be known first. */
  afterwards(): Refusal | undefined;
}

/**
 * Takes a request apart as far as a `hmac` or `publicKey` scheme says: signatures, timestamp, signed content. A
 * timestamp that is not in time is refused here, before anything is hashed.
 */
export function readSignedContent(
  scheme: HmacScheme | PublicKeyScheme,
  request: SignedRequest,
  options: VerifyOptions,
  byteLength?: number,
): SignedContent | Refusal {
  const reader = new RequestReader(request);
  const { timestamp: location } = scheme;
  const pairKey = location && 'pair' in location.from ? location.from.pair : undefined;
  const found = findSignature(scheme.signature, reader, byteLength, pairKey);
  if (isRefusal(found)) return found;
  const inTime = (): string | undefined | Refusal => {
    if (!location) return undefined;
    const text = timestampText(location, reader, found.pairTimestamp);
    if (isRefusal(text)) return text;
    return timestampProblem(location, text, request.receivedAt, options.toleranceSeconds) ?? text;
  };
  // A body is not parsed before its signature is known, unless what is signed stands in it.
  const later = location !== undefined && 'json' in location.from && !scheme.message.some(isTimestamp);
  const timestamp = later ? undefined : inTime();
  if (isRefusal(timestamp)) return timestamp;
  const message = assemble(scheme.message, reader, timestamp);
  if (isRefusal(message)) return message;
  const afterwards = (): Refusal | undefined => {
    const refusal = later ? inTime() : undefined;
    return isRefusal(refusal) ? refusal : onlyItemProblem(scheme, reader);
  };
  return { candidates: found.candidates, message, afterwards };
}

function isTimestamp(part: HmacScheme['message'][number]): boolean {
  return typeof part === 'object' && part.part === 'timestamp';
}

function timestampText(
  { from }: TimestampLocation,
  reader: RequestReader,
  pairTimestamp: string | undefined,
): string | undefined | Refusal {
  if ('pair' in from) return pairTimestamp;
  if ('header' in from) return readHeader(reader.request.headers, from.header);
  const json = reader.json();
  return isRefusal(json) ? json : scalarText(getPath(json.value, from.json));
}

function onlyItemProblem(scheme: HmacScheme | PublicKeyScheme, reader: RequestReader): Refusal | undefined {
  if (scheme.scheme !== 'hmac' || scheme.onlyItem === undefined) return undefined;
  const json = reader.json();
  if (isRefusal(json)) return json;
  const items = getPath(json.value, scheme.onlyItem);
  if (Array.isArray(items) && items.length === 1) return undefined;
  return refuse('malformed_body', `the signature covers one item, and "${scheme.onlyItem}" does not hold exactly one`);
}
