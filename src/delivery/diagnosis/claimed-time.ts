import { findSignature } from '../../signature/find-signature.ts';
import { readHeader } from '../../signature/headers.ts';
import { getPath, scalarText } from '../../signature/json-path.ts';
import { isRefusal } from '../../signature/refusal.ts';
import { RequestReader } from '../../signature/request-reader.ts';
import type { HmacScheme, PublicKeyScheme, Scheme } from '../../signature/scheme.ts';
import { parseTimestamp } from '../../signature/timestamp.ts';
import type { SignedRequest } from '../../signature/types.ts';

/** The time that the request claims, epoch milliseconds; undefined where it claims none, or none that can be read. */
export function claimedTime(scheme: Scheme, request: SignedRequest): number | undefined {
  if (scheme.scheme !== 'hmac' && scheme.scheme !== 'publicKey') return undefined;
  const text = timestampText(scheme, request);
  return text === undefined || !scheme.timestamp ? undefined : parseTimestamp(scheme.timestamp.unit, text);
}

function timestampText(scheme: HmacScheme | PublicKeyScheme, request: SignedRequest): string | undefined {
  const { timestamp, signature } = scheme;
  if (!timestamp) return undefined;
  const reader = new RequestReader(request);
  const { from } = timestamp;
  if ('pair' in from) {
    const signatures = findSignature(signature, reader, undefined, from.pair);
    return isRefusal(signatures) ? undefined : signatures.pairTimestamp;
  }
  if ('header' in from) {
    const value = readHeader(request.headers, from.header);
    return isRefusal(value) ? undefined : value;
  }
  const json = reader.json();
  return isRefusal(json) ? undefined : scalarText(getPath(json.value, from.json));
}
