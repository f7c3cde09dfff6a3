import { HookportError } from '../../src/errors.ts';
import { readHeader } from '../../src/signature/headers.ts';
import { isRefusal, refuse, type Refusal } from '../../src/signature/refusal.ts';
import type { CodeScheme, HmacScheme } from '../../src/signature/scheme.ts';
import { sign } from '../../src/signature/sign.ts';
import { bytesOf } from '../../src/signature/text.ts';
import { timestampProblem } from '../../src/signature/timestamp.ts';
import type { HeaderFields, SignedRequest } from '../../src/signature/types.ts';
import { verify } from '../../src/signature/verify.ts';

const signatureHeader = 'x-contentful-signature';
const timestampHeader = 'x-contentful-timestamp';
const listHeader = 'x-contentful-signed-headers';

/** What it comes down to once the request is in its canonical form. */
const overCanonical: HmacScheme = {
  scheme: 'hmac',
  hash: 'sha256',
  key: 'utf8',
  signature: { header: signatureHeader, encoding: 'hex' },
  message: [{ part: 'body' }],
};

/** It is one of the signed headers. Contentful's own toolkit allows 30 seconds. */
const timestamp = { from: { header: timestampHeader }, unit: 'milliseconds', toleranceSeconds: 30 } as const;

/**
 * Contentful signs method, path and query, the headers that the request lists, and the body.
 * https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/
 */
export const contentfulScheme: CodeScheme = {
  scheme: 'code',
  summary: 'HMAC-SHA256 over method, path, the headers that it lists and the body, hex, with a timestamp',
  coversBody: true,
  toleranceSeconds: timestamp.toleranceSeconds,
  needs: { url: true, method: true, query: [] },
  secretProblem: (text) => (/^[\w+/=-]{64}$/.test(text) ? undefined : 'is not 64 characters as Contentful takes them'),
  verify(request, secrets, options) {
    const signature = readHeader(request.headers, signatureHeader);
    if (isRefusal(signature)) return signature;
    if (signature === undefined) return refuse('missing_signature', `the header ${signatureHeader} is absent or empty`);
    const time = readHeader(request.headers, timestampHeader);
    if (isRefusal(time)) return time;
    const problem = timestampProblem(timestamp, time, request.receivedAt, options.toleranceSeconds);
    if (problem) return problem;
    const names = listedHeaders(request.headers);
    if (isRefusal(names)) return names;
    const body = canonical(request, names);
    return isRefusal(body) ? body : verify(overCanonical, { ...request, body }, secrets, options);
  },
  async sign(request, secret) {
    const own = Object.keys(request.headers ?? {}).map((name) => name.toLowerCase());
    const names = [...new Set([...own, timestampHeader, listHeader])].toSorted();
    const added = { [timestampHeader]: String(request.timestamp), [listHeader]: names.join(',') };
    const headers = { ...request.headers, ...added };
    const body = canonical({ ...request, headers, receivedAt: request.timestamp }, names);
    if (isRefusal(body)) throw new HookportError('usage', `cannot sign: ${body.detail}`);
    const signed = await sign(overCanonical, { ...request, body }, secret);
    return { headers: { ...added, ...signed.headers }, body: request.body };
  },
};

/** The names of the signed headers, sorted. */
function listedHeaders(headers: HeaderFields): string[] | Refusal {
  const list = readHeader(headers, listHeader);
  if (isRefusal(list)) return list;
  if (list === undefined) return refuse('missing_signature', `the header ${listHeader} is absent or empty`);
  const names = list.split(',');
  if (!names.includes(timestampHeader) || !names.includes(listHeader))
    return refuse('malformed_signature', `the signature does not cover ${timestampHeader} and ${listHeader}`);
  if (names.length <= 50 && new Set(names).size === names.length && names.every((name) => /^[a-z0-9-]+$/.test(name)))
    return names.toSorted();
  return refuse('malformed_signature', `${listHeader} is not a list of at most 50 different names in lower case`);
}

function canonical(request: SignedRequest, names: readonly string[]): Uint8Array | Refusal {
  const { url, method, body } = request;
  if (url === undefined || method === undefined)
    return refuse('missing_context', 'the provider signs method and path, and they are not both known');
  const lines: string[] = [];
  for (const name of names) {
    const value = name === listHeader ? names.join(',') : readHeader(request.headers, name);
    if (isRefusal(value)) return value;
    if (value === undefined)
      return refuse('missing_context', 'the signature covers a header that the delivery does not carry');
    lines.push(`${name}:${value.trim()}`);
  }
  return Buffer.concat([Buffer.from(`${method}\n${canonicalPath(url)}\n${lines.join(';')}\n`), bytesOf(body)]);
}

/** Path and query as Contentful's toolkit escapes them: the query as a whole, and its escapes once more. */
function canonicalPath(url: string): string {
  const [path = '', query = ''] = (/^https?:\/\/[^/?#]+([^#]*)/.exec(url)?.[1] ?? '').split('?');
  const start = path === '' ? '/' : path;
  return encodeURI(query === '' ? start : `${start}?${encodeURIComponent(query)}`);
}
