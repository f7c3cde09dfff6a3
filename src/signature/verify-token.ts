import { hash, timingSafeEqual } from 'node:crypto';
import { decode } from './encoding.ts';
import { readHeader } from './headers.ts';
import { readQuery, survivesUrl } from './query.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { TokenScheme } from './scheme.ts';
import type { UsableSecret } from './secret.ts';
import type { SignedRequest, Verdict } from './types.ts';

/** Compares a static token with every secret. */
export function verifyToken(scheme: TokenScheme, request: SignedRequest, secrets: readonly UsableSecret[]): Verdict {
  const { at } = scheme;
  const place = 'header' in at ? `the header ${at.header}` : `the query parameter ${at.query}`;
  const text = 'header' in at ? readHeader(request.headers, at.header) : readQuery(request.query, at.query);
  if (isRefusal(text)) return text;
  if (text === undefined) return refuse('missing_signature', `${place} is absent or empty`);
  // Never decoded: no secret for such a place holds anything that a URL escapes, so there is one spelling of it.
  if ('query' in at && !survivesUrl(text))
    return refuse('malformed_signature', `${place} came twice, or holds a character that no token in a URL holds`);
  const prefix = scheme.prefix ?? '';
  if (!text.startsWith(prefix) || text.length === prefix.length)
    return refuse('malformed_signature', `${place} does not hold a token after "${prefix}"`);
  return compare(Buffer.from(text.slice(prefix.length)), secrets, `the token in ${place}`);
}

/** Compares `Authorization: Basic` with every secret, each `user:password`. RFC 7617. */
export function verifyBasic(request: SignedRequest, secrets: readonly UsableSecret[]): Verdict {
  const text = readHeader(request.headers, 'authorization');
  if (isRefusal(text)) return text;
  if (text === undefined) return refuse('missing_signature', 'the header authorization is absent or empty');
  const credentials = /^basic +(\S+)$/i.exec(text)?.[1];
  const bytes = credentials === undefined ? undefined : decode('base64', credentials);
  if (!bytes) return refuse('malformed_signature', 'the header authorization is not "Basic" with base64 after it');
  return compare(bytes, secrets, 'the user and password in the header authorization');
}

/** Digests have one length, so that comparing them tells nothing of the secret's. */
function compare(received: Uint8Array, secrets: readonly UsableSecret[], what: string): Verdict {
  const digest = hash('sha256', received, 'buffer');
  for (const { text, index } of secrets)
    if (timingSafeEqual(digest, hash('sha256', text, 'buffer'))) return { ok: true, secretIndex: index };
  return refuse('signature_mismatch', `${what} is none of the active secrets`);
}
