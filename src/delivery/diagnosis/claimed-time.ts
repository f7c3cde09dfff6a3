import { findSignature } from '../../signature/find-signature.ts';
import { isKeyed } from '../../signature/keyed.ts';
import { RequestReader } from '../../signature/request-reader.ts';
import type { Scheme } from '../../signature/scheme.ts';
import { timestampText } from '../../signature/signed-content.ts';
import { parseTimestamp } from '../../signature/timestamp.ts';
import type { SignedRequest } from '../../signature/types.ts';

/** The time that the request claims, epoch milliseconds; undefined where it claims none, or none that can be read. */
export function claimedTime(scheme: Scheme, request: SignedRequest): number | undefined {
  if (!isKeyed(scheme) || !scheme.timestamp) return undefined;
  const { signature, timestamp } = scheme;
  const reader = new RequestReader(request);
  const pair = 'pair' in timestamp.from ? findSignature(signature, reader, undefined, timestamp.from.pair) : undefined;
  const text = timestampText(timestamp, reader, pair?.ok ? pair.pairTimestamp : undefined);
  return typeof text === 'string' ? parseTimestamp(timestamp.unit, text) : undefined;
}
