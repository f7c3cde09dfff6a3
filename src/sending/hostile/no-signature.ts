import { setPath } from '../../signature/json-path.ts';
import { isKeyed } from '../../signature/keyed.ts';
import type { Scheme } from '../../signature/scheme.ts';
import { decodeUtf8 } from '../../signature/text.ts';
import { freshRequest } from '../fresh-request.ts';
import type { HostileMode } from './mode.ts';

/** Somebody found the URL and signs nothing. */
export const noSignature: HostileMode = {
  description: 'leave the signature out, or the token',
  inapplicable: ({ scheme }) => (scheme.scheme === 'none' ? 'the provider signs nothing' : undefined),
  async make(sender, sample) {
    const { headers, query, body } = freshRequest(sender.provider, sample, { url: sender.url, now: sender.now });
    const path = pathInBody(sender.scheme);
    const unsigned = path === undefined ? body : withoutSignature(body, path);
    const expected = { kind: 'rejected', reason: 'missing_signature' } as const;
    return [{ headers, query, body: unsigned, what: 'without a signature', expected }];
  },
};

/** Where the signature stands, if that is in the body; a sample may hold the one it was published with. */
function pathInBody(scheme: Scheme): string | undefined {
  if (scheme.scheme === 'code') return scheme.secretLike && pathInBody(scheme.secretLike);
  return isKeyed(scheme) ? scheme.signature.json : undefined;
}

function withoutSignature(body: Uint8Array, path: string): Uint8Array {
  const json = JSON.parse(decodeUtf8(body) ?? 'null') as unknown;
  setPath(json, path, '');
  return Buffer.from(JSON.stringify(json));
}
