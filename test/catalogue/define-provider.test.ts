import { describe, expect, it } from 'vitest';
import { defineProvider, type DocumentedProvider } from '../../src/catalogue/define-provider.ts';
import { createCatalogue } from '../../src/catalogue/registry.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import type { CodeScheme, HmacScheme } from '../../src/signature/scheme.ts';
import { provider } from './provider.ts';

const hmac: HmacScheme = {
  scheme: 'hmac',
  hash: 'sha256',
  key: 'utf8',
  signature: { header: 'x-signature', encoding: 'hex' },
  message: [{ part: 'body' }],
};

const code: CodeScheme = {
  scheme: 'code',
  summary: 'x',
  coversBody: true,
  verify: () => ({ ok: true, secretIndex: 0 }),
};

type Mistake = [Partial<DocumentedProvider>, RegExp];

describe('defineProvider', () => {
  it('gives a sound definition back, frozen', () => {
    const defined = defineProvider(provider());
    expect(defined).toEqual(provider());
    expect(Object.isFrozen(defined) && Object.isFrozen(defined.headers) && Object.isFrozen(defined.verify)).toBe(true);
  });

  const mistakes: Record<string, Mistake> = {
    'an id that is no file name': [{ id: 'Example' }, /id is not kebab-case/],
    'no name': [{ name: '' }, /name is empty/],
    'docs without https': [{ docs: 'http://example.com' }, /docs is not an https URL/],
    'a date that does not exist': [{ checkedAt: '2026-13-01' }, /checkedAt is not a date/],
    'no place for the type': [{ eventType: [] }, /eventType names no place/],
    'items of a way of signing that is none': [{ items: { path: '', verify: 'v9' } }, /items.verify .* "v9"/],
    'doubt about a limit that is not there': [{ unconfirmed: ['bodyBytes'] }, /unconfirmed names bodyBytes/],
    'a header in upper case': [
      { headers: { 'x-signature': 'always', 'x-type': 'always', 'X-Id': 'always' } },
      /"X-Id"/,
    ],
    'a type in a header that is not kept': [{ eventType: [{ header: 'x-other' }] }, /x-other is read and not kept/],
    // Nothing maps such a header: `events` would leave out every delivery, and verification refuse it.
    'a type nowhere but in a header that comes at times': [
      { headers: { 'x-signature': 'always', 'x-type': 'sometimes' } },
      /eventType names no place that is kept/,
    ],
    'a type nowhere but in a query parameter that comes at times': [
      { eventType: [{ query: 'type' }], query: { type: 'sometimes' } },
      /eventType names no place that is kept/,
    ],
    'signatures in headers that all come at times': [
      {
        verify: { ...hmac, signature: { headers: ['x-one', 'x-two'], encoding: 'hex' } },
        headers: { 'x-one': 'sometimes', 'x-two': 'sometimes', 'x-type': 'always' },
      },
      /verify.signature.headers: .*none of these headers is kept/,
    ],
    'an id in the query': [
      { deliveryId: { at: [{ query: 'id' }], signed: false } },
      /the query parameter id is read and not kept in query/,
    ],
    'an id in the query under another case': [
      { deliveryId: { at: [{ query: 'id' }], signed: false }, query: { Id: 'always' } },
      /the query parameter id is read and not kept in query/,
    ],
    'a token in the query that is not kept': [
      { verify: { scheme: 'token', at: { query: 'token' } } },
      /verify.at.query: the query parameter token is read and not kept in query/,
    ],
    'a signed query parameter that is not kept': [
      { verify: { ...hmac, message: [{ part: 'query', name: 'id' }, '.', { part: 'body' }] } },
      /verify.message.0.name: the query parameter id is read and not kept in query/,
    ],
    'code that needs a query parameter that is not kept': [
      { verify: { ...code, needs: { url: false, method: false, query: ['sig'] } } },
      /verify.needs.query: the query parameter sig is read and not kept in query/,
    ],
    'a prefix of a token in the query that a URL escapes': [
      { verify: { scheme: 'token', at: { query: 'token' }, prefix: 'Bearer ' }, query: { token: 'always' } },
      /verify.prefix: prefix holds a character that may be changed/,
    ],
    ...Object.fromEntries(
      ['', 'a.b', 'a[]', 'a}b', 'a b', 'a$b', 'a:b', 'a\nb', 'ä', 'a'.repeat(129)].map((name): [string, Mistake] => [
        `the query parameter ${JSON.stringify(name)}`,
        [{ query: { [name]: 'always' } }, /query: ".*" is not a name of letters/s],
      ]),
    ),
    'a signature in a header that is not kept': [
      { headers: { 'x-type': 'always' } },
      /x-signature is read and not kept/,
    ],
    'a signed id in a header': [{ deliveryId: { at: [{ header: 'x-id' }], signed: true } }, /no scheme covers/],
    // JavaScript puts such a name first, wherever it was written: the default would be another than the first.
    'a way of signing whose name is a number': [
      { verify: { alternatives: { signed: hmac, '1': { scheme: 'basic' } } } },
      /verify.alternatives.1: a name that is a number/,
    ],
    'no scheme': [{ verify: { alternatives: {} } }, /verify names no scheme/],
    'a signature nowhere': [{ verify: { ...hmac, signature: { encoding: 'hex' } } }, /not exactly one of header/],
    'a message of nothing': [{ verify: { ...hmac, message: ['v0:'] } }, /message signs nothing/],
    'a message that is the same for every request': [
      { verify: { ...hmac, message: [{ part: 'method' }, ' ', { part: 'url' }] } },
      /message signs nothing that differs/,
    ],
    'a text without a character': [
      { verify: { ...hmac, message: ['', { part: 'body' }] } },
      /text without a character/,
    ],
    'a signature in the body that it signs': [
      { verify: { ...hmac, signature: { json: 'sig', encoding: 'hex' } } },
      /the signature stands in that body/,
    ],
    'a body that is a form and JSON': [
      { verify: { ...hmac, message: [{ part: 'sortedForm' }, { part: 'json', path: 'id' }] } },
      /fields of a form, and the scheme also reads the body as JSON/,
    ],
    'a key of 32 bytes for ECDSA': [
      { verify: { ...hmac, scheme: 'publicKey', algorithm: 'ecdsa-p256-sha256', key: 'hex32' } },
      /never 32 bytes/,
    ],
    'a timestamp in pairs that are not there': [
      { verify: { ...hmac, timestamp: { from: { pair: 't' }, unit: 'seconds', toleranceSeconds: 1 } } },
      /stands in pairs, and signature has none; .*timestamp is not signed/,
    ],
    'a signed timestamp that is not described': [
      { verify: { ...hmac, message: [{ part: 'timestamp' }, { part: 'body' }] } },
      /no timestamp is described/,
    ],
    'a timestamp that the signature does not cover': [
      { verify: { ...hmac, timestamp: { from: { header: 'x-id' }, unit: 'seconds', toleranceSeconds: 300 } } },
      /timestamp is not signed/,
    ],
    'a tolerance of zero': [
      { verify: { ...hmac, timestamp: { from: { json: 'at' }, unit: 'seconds', toleranceSeconds: 0 } } },
      /toleranceSeconds is neither null nor above 0/,
    ],
  };

  it.each(Object.entries(mistakes))('refuses %s', (_, [changes, message]) => {
    expect(() => defineProvider(provider(changes))).toThrow(message);
  });

  it('names all mistakes at once, with the code provider_invalid', () => {
    expect(() => defineProvider(provider({ name: '', docs: 'x' }))).toThrow(
      expect.objectContaining({
        code: 'provider_invalid',
        message: 'provider "example": name is empty; docs is not an https URL',
      }),
    );
  });
});

describe('createCatalogue', () => {
  it('finds providers by id, and gives the ids in order', () => {
    const catalogue = createCatalogue([provider({ id: 'b' }), provider({ id: 'a' })]);
    expect(catalogue.ids()).toEqual(['a', 'b']);
    expect(catalogue.get('a')?.id).toBe('a');
    for (const id of ['c', '', '__proto__', 'constructor']) expect(catalogue.get(id)).toBeUndefined();
  });

  it('refuses two providers with one id', () => {
    expect(() => createCatalogue([provider(), provider()])).toThrow(/two providers have the id "example"/);
  });
});

describe('schemeOf', () => {
  const two = provider({ verify: { alternatives: { signed: hmac, token: { scheme: 'basic' } } } });

  it('gives the only scheme, the first, or the one that is named', () => {
    expect(schemeOf(provider())).toEqual(hmac);
    expect(schemeOf(two)).toEqual(hmac);
    expect(schemeOf(two, 'token')).toEqual({ scheme: 'basic' });
  });

  it('refuses a name that does not exist: nothing falls back to another scheme', () => {
    for (const name of ['none', '', '__proto__', 'constructor'])
      expect(() => schemeOf(two, name)).toThrow(expect.objectContaining({ code: 'provider_invalid' }));
    expect(() => schemeOf(provider(), 'token')).toThrow(/it has one way/);
  });
});
