import { sign as signMessage, type KeyObject } from 'node:crypto';
import { HookportError } from '../errors.ts';
import { encode } from './encoding.ts';
import { headerNames } from './find-signature.ts';
import { hmacOf } from './hmac.ts';
import { getPath, setPath } from './json-path.ts';
import { assemble, type Message } from './message.ts';
import { digestOf, readPrivateKey } from './public-key.ts';
import { isRefusal } from './refusal.ts';
import { RequestReader } from './request-reader.ts';
import type { CodeScheme, KeyedScheme, Scheme, SignedParts, TokenScheme, UnsignedRequest } from './scheme.ts';
import { prepareSecret } from './secret.ts';
import { decodeUtf8 } from './text.ts';
import { formatTimestamp } from './timestamp.ts';
import { wholeOf } from './whole-message.ts';

/**
 * Signs a request as the provider does: for `hookport send` and for tests.
 *
 * @param secret The source's secret; for a public-key scheme, the private key (see `PublicKeyScheme.key`).
 * @throws HookportError `secret_missing` when the secret is of no use; `usage` when the request lacks something that
 *   the scheme signs, or when only the provider can sign
 */
export async function sign(scheme: Scheme, request: UnsignedRequest, secret: string): Promise<SignedParts> {
  if (scheme.scheme === 'none') return { headers: {}, body: request.body };
  if (scheme.scheme === 'code') return signByCode(scheme, request, secret);
  if (scheme.scheme !== 'publicKey') usableSecret(scheme, secret);
  switch (scheme.scheme) {
    case 'hmac':
    case 'publicKey':
      return signContent(scheme, request, secret);
    case 'token':
      return withToken(scheme, (scheme.prefix ?? '') + secret, request.body);
    case 'basic':
      return { headers: { authorization: `Basic ${encode('base64', Buffer.from(secret))}` }, body: request.body };
  }
}

function withToken({ at }: TokenScheme, token: string, body: Uint8Array): SignedParts {
  return 'header' in at
    ? { headers: { [at.header]: token }, body }
    : { headers: {}, query: { [at.query]: token }, body };
}

async function signByCode(scheme: CodeScheme, request: UnsignedRequest, secret: string): Promise<SignedParts> {
  if (!scheme.sign)
    throw new HookportError(
      'usage',
      'cannot sign: only the provider holds the key; set off an event there, in its sandbox if it has one',
    );
  // What signs is then a private key, which has not the form of the secret.
  if (scheme.secretLike?.scheme !== 'publicKey') usableSecret(scheme, secret);
  return scheme.sign(request, secret);
}

function usableSecret(scheme: Scheme, secret: string): { key: KeyObject | undefined } {
  const prepared = prepareSecret(scheme, secret);
  if (prepared.problem === undefined) return prepared;
  throw new HookportError('secret_missing', `cannot sign: the secret ${prepared.problem}`);
}

function signContent(scheme: KeyedScheme, request: UnsignedRequest, secret: string): SignedParts {
  const { signature, timestamp: location } = scheme;
  const timestamp = location && formatTimestamp(location.unit, request.timestamp);
  const headers: Record<string, string> = {};
  let { body } = request;
  if (location && timestamp !== undefined) {
    if ('header' in location.from) headers[location.from.header] = timestamp;
    if ('json' in location.from) body = withField(body, location.from.json, timestamp);
  }
  const reader = new RequestReader({ ...request, body, headers: request.headers ?? {}, receivedAt: request.timestamp });
  const message = assemble(scheme.message, reader, timestamp);
  if (isRefusal(message)) throw new HookportError('usage', `cannot sign: ${message.detail}`);
  const text = encode(signature.encoding, signatureOf(scheme, message, secret));
  if (signature.json !== undefined)
    return { headers, body: withField(body, signature.json, written(scheme, text, timestamp)) };
  const [header] = headerNames(signature);
  if (header === undefined) throw new HookportError('provider_invalid', 'the scheme names no place for its signature');
  headers[header] = written(scheme, text, timestamp);
  return { headers, body };
}

function signatureOf(scheme: KeyedScheme, message: Message, secret: string): Uint8Array {
  if (scheme.scheme === 'hmac') {
    const { key } = usableSecret(scheme, secret);
    if (!key) throw new HookportError('internal', 'a HMAC secret was prepared without its key');
    return hmacOf(scheme.hash, key, message);
  }
  try {
    return signMessage(digestOf(scheme.algorithm), wholeOf(message), readPrivateKey(scheme, secret));
  } catch {
    throw new HookportError('secret_missing', `cannot sign: the secret is not a private key for ${scheme.algorithm}`);
  }
}

/** The signature as its header carries it. */
function written({ signature, timestamp: location }: KeyedScheme, text: string, timestamp = ''): string {
  if (signature.pairs) {
    const own = `${signature.pairs.key}=${signature.prefix ?? ''}${text}`;
    const { separator } = signature.pairs;
    return location && 'pair' in location.from ? `${location.from.pair}=${timestamp}${separator}${own}` : own;
  }
  return (signature.listLabel ?? '') + (signature.prefix ?? '') + text;
}

/** The JSON body with one field set; a number stays one. */
function withField(body: Uint8Array, path: string, value: string): Uint8Array {
  try {
    const json = JSON.parse(decodeUtf8(body) ?? '') as unknown;
    const old = getPath(json, path);
    if (setPath(json, path, typeof old === 'number' ? Number(value) : value)) return Buffer.from(JSON.stringify(json));
  } catch {
    // Falls through: what the parser says quotes the body.
  }
  throw new HookportError('usage', `cannot sign: the body is not JSON that can hold the field "${path}"`);
}
