import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkVector } from '../../src/catalogue/contract/vectors.ts';
import type { DataProvider, Vector } from '../../src/catalogue/provider.ts';
import { withPublishedSecrets } from '../../src/catalogue/published-secrets.ts';
import { checkProvider } from '../../src/cli/check-provider.ts';
import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { HmacScheme } from '../../src/signature/scheme.ts';

const secret = 'a secret for tests';
const body = '{"id":"evt_1"}';
const receivedAt = Date.UTC(2026, 0, 31, 12);
const seconds = receivedAt / 1000;
const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');

const scheme: HmacScheme = {
  scheme: 'hmac',
  hash: 'sha256',
  key: 'utf8',
  signature: { header: 'acme-signature', prefix: 'sha256=', encoding: 'hex' },
  timestamp: { from: { header: 'acme-time' }, unit: 'seconds', toleranceSeconds: 300 },
  message: [{ part: 'timestamp' }, '.', { part: 'body' }],
};
const withScheme = (changes: Partial<HmacScheme>, headers: DataProvider['headers'] = {}): DataProvider => ({
  id: 'acme',
  name: 'Acme',
  verify: { ...scheme, ...changes },
  headers: { 'acme-signature': 'always', 'acme-time': 'always', 'acme-event': 'always', ...headers },
  eventType: [{ header: 'acme-event' }],
  deliveryId: { at: [{ json: 'id' }], signed: true },
  retry: { text: 'never', horizonSeconds: 0 },
});
const vector: Vector = {
  origin: 'made with node:crypto',
  secret,
  headers: { 'acme-signature': `sha256=${v1}`, 'acme-time': String(seconds), 'acme-event': 'paid' },
  body: Buffer.from(body),
  receivedAt,
  expect: 'verified',
  eventType: 'paid',
  deliveryId: 'evt_1',
};

test('a vector holds for the definition that it was made for, though its secret is refused for sources', async () => {
  expect(await checkVector(withScheme({}), vector)).toEqual([]);
  expect(await checkVector(withPublishedSecrets(withScheme({}), [secret]), vector)).toEqual([]);
});

describe('a definition with a mistake passes every check but the vector', () => {
  test.each<[string, DataProvider, string]>([
    ['a wrong prefix', withScheme({ signature: { ...scheme.signature, prefix: 'sha1=' } }), 'malformed_signature'],
    ['no prefix', withScheme({ signature: { header: 'acme-signature', encoding: 'hex' } }), 'malformed_signature'],
    ['a wrong encoding', withScheme({ signature: { ...scheme.signature, encoding: 'base64' } }), 'malformed_signature'],
    ['a wrong hash', withScheme({ hash: 'sha512' }), 'malformed_signature'],
    [
      'a wrong separator',
      withScheme({ message: [{ part: 'timestamp' }, ':', { part: 'body' }] }),
      'signature_mismatch',
    ],
    [
      'parts in another order',
      withScheme({ message: [{ part: 'body' }, '.', { part: 'timestamp' }] }),
      'signature_mismatch',
    ],
    ['another unit', withScheme({ timestamp: { ...scheme.timestamp!, unit: 'milliseconds' } }), 'stale_timestamp'],
    ['an event type in a header that is not always kept', withScheme({}, { 'acme-event': 'sometimes' }), 'found none'],
  ])('%s', async (_, provider, reason) => {
    const rows = await checkProvider(provider, [jsonSample('paid', { id: 'evt_1' })], [vector]);
    const failed = rows.filter(({ result }) => result === 'failed');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.check).toBe('vector 1, verified: made with node:crypto');
    expect(failed[0]?.detail).toContain(reason);
  });
});

describe('a vector can be wrong as well', () => {
  test('one that must be refused and is not', async () => {
    expect(await checkVector(withScheme({}), { ...vector, expect: 'stale_timestamp' })).toEqual([
      'expected stale_timestamp, got verified',
    ]);
  });

  test('one that does not say when it arrived', async () => {
    const { receivedAt: _, ...timeless } = vector;
    expect(await checkVector(withScheme({}), timeless)).toEqual([
      'the provider signs a timestamp; say with receivedAt when the request arrived',
    ]);
  });

  test('one that expects another id', async () => {
    expect(await checkVector(withScheme({}), { ...vector, deliveryId: 'evt_2' })).toEqual([
      'expected the deliveryId evt_2, found evt_1',
    ]);
  });
});
