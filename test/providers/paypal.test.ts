import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { paypalScheme } from '../../providers/schemes/paypal.ts';
import { verify } from '../../src/signature/verify.ts';
import { genuine, tampered } from './oracle.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

/**
 * A sandbox delivery of 2015 that PayPal put into the tests of its SDKs (spec/webhooks_examples_spec.rb of
 * paypal/PayPal-Ruby-SDK), with the certificate as it was then (test/mocks/notification.js of paypal/PayPal-node-SDK).
 */
const certificate = fixture('paypal-sandbox-2015.pem');
const body = fixture('paypal-sandbox-2015.body');
const webhookId = '4JH86294D6297924G';
const certUrl = 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77';
const headers = {
  'paypal-transmission-id': 'dfb3be50-fd74-11e4-8bf3-77339302725b',
  'paypal-transmission-time': '2015-05-18T15:45:13Z',
  'paypal-transmission-sig':
    'thy4/U002quzxFavHPwbfJGcc46E8rc5jzgyeafWm5mICTBdY/8rl7WJpn8JA0GKA+oDTPsSruqusw+XXg5RLAP7ip53Euh9Xu3UbUhQFX7UgwzE2FeYoY6lyRMiiiQLzy9BvHfIzNIVhPad4KnC339dr6y2l+mN8ALgI4GCdIh3/SoJO5wE64Bh/ueWtt8EVuvsvXfda2Le5a2TrOI9vLEzsm9GS79hAR/5oLexNz8UiZr045Mr5ObroH4w4oNfmkTaDk9Rj0G19uvISs5QzgmBpauKr7Nw++JI0pr/v5mFctQkoWJSGfBGzPRXawrvIIVHQ9Wer48GR2g9ZiApWg==',
  'paypal-cert-url': certUrl,
  'paypal-auth-algo': 'SHA256withRSA',
};
const receivedAt = Date.parse('2015-05-18T15:45:14Z');

interface Changes {
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
  secrets?: string[];
  receivedAt?: number;
  pem?: () => Promise<string>;
}

/** Verifies the delivery with some of it changed; also gives the URLs that were fetched. */
async function verdict(changes: Changes = {}, host: Parameters<typeof paypalScheme>[0] = 'api.sandbox.paypal.com') {
  const fetched: string[] = [];
  const pem = changes.pem ?? (() => Promise.resolve(certificate));
  const fetchPem = (url: string) => {
    fetched.push(url);
    return pem();
  };
  const request = {
    headers: { ...headers, ...changes.headers },
    body: Buffer.from(changes.body ?? body),
    receivedAt: changes.receivedAt ?? receivedAt,
  };
  const result = await verify(
    paypalScheme(host, { fetchPem, clock: () => 0 }),
    request,
    changes.secrets ?? [webhookId],
  );
  return { ...result, fetched };
}

describe('paypal', () => {
  it("accepts the real delivery in the tests of PayPal's SDKs, with its certificate of that time", async () => {
    expect(await verdict()).toEqual({ ...genuine, fetched: [certUrl] });
    expect(await verdict({ secrets: ['1AB23456CD789012E', webhookId] })).toMatchObject({ ok: true, secretIndex: 1 });
  });

  it.each<[string, Changes]>([
    ['another body', { body: tampered(body) }],
    ['a body written anew', { body: JSON.stringify(JSON.parse(body), null, 1) }],
    ['an empty body', { body: '' }],
    ['another webhook', { secrets: ['1AB23456CD789012E'] }],
    ['another time', { headers: { 'paypal-transmission-time': '2015-05-18T15:45:14Z' } }],
    ['another transmission', { headers: { 'paypal-transmission-id': 'dfb3be50-fd74-11e4-8bf3-77339302725c' } }],
  ])('refuses %s', async (_name, changes) => {
    expect(await verdict(changes)).toMatchObject({ ok: false, reason: 'signature_mismatch' });
  });

  it.each([
    'http://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77',
    'https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    'https://evil.example/v1/notifications/certs/CERT-1?https://api.sandbox.paypal.com',
    'https://api.sandbox.paypal.com@evil.example/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com:8443/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/../../oauth2/CERT-1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1?x=1',
    'https://API.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'https://api_sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'file:///etc/passwd',
    'https://169.254.169.254/latest/meta-data',
  ])('never fetches %s', async (url) => {
    const result = await verdict({ headers: { 'paypal-cert-url': url } });
    expect(result).toMatchObject({ ok: false, reason: 'malformed_signature', fetched: [] });
  });

  it('takes no certificate of the sandbox for live', async () => {
    expect(await verdict({}, 'api.paypal.com')).toMatchObject({ reason: 'malformed_signature', fetched: [] });
  });

  it('refuses a certificate that was not valid when the delivery arrived', async () => {
    for (const at of ['2015-03-01T00:00:00Z', '2017-04-01T00:00:00Z'])
      expect(await verdict({ receivedAt: Date.parse(at) })).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses whatever else stands at the URL: no certificate, a failure, a certificate of someone else', async () => {
    expect(await verdict({ pem: () => Promise.resolve('<html>') })).toMatchObject({ reason: 'key_unavailable' });
    expect(await verdict({ pem: () => Promise.reject(new Error('no route')) })).toMatchObject({
      reason: 'key_unavailable',
    });
  });

  it.each(Object.keys(headers))('refuses a delivery without %s before it fetches anything', async (name) => {
    const reason = name === 'paypal-transmission-time' ? 'missing_timestamp' : 'missing_signature';
    expect(await verdict({ headers: { [name]: '' } })).toMatchObject({ ok: false, reason, fetched: [] });
  });

  it('refuses another algorithm, a signature that is not base64, and an id with the separator in it', async () => {
    for (const [name, value] of [
      ['paypal-auth-algo', 'SHA1withRSA'],
      ['paypal-transmission-sig', 'not base64!'],
      ['paypal-transmission-id', 'a|2015-05-18T15:45:13Z'],
    ] as const)
      expect(await verdict({ headers: { [name]: value } })).toMatchObject({
        reason: 'malformed_signature',
        fetched: [],
      });
    expect(await verdict({ headers: { 'paypal-transmission-time': '2015-05-18|15:45' } })).toMatchObject({
      reason: 'malformed_timestamp',
    });
    expect(await verdict({ headers: { 'paypal-cert-url': [certUrl, `${certUrl}1`] } })).toMatchObject({
      reason: 'ambiguous_header',
    });
  });

  it('takes nothing for a webhook id that is none', async () => {
    for (const secret of ['', ' ', 'a|b|c12345', 'short'])
      expect(await verdict({ secrets: [secret] })).toMatchObject({ reason: 'unusable_secret', fetched: [] });
  });

  it('cannot tell apart bodies with the same CRC-32, so nothing in the body counts as signed', async () => {
    const forged = withSum('{"id":"forged","x":"', crc32(body));
    expect(await verdict({ body: forged })).toMatchObject({ ok: true });
    expect(paypalScheme('api.paypal.com')).toMatchObject({ coversBody: false });
  });

  it('does not take a key that is not in the certificate', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const message = `${headers['paypal-transmission-id']}|2015-05-18T15:45:13Z|${webhookId}|${crc32(body)}`;
    const forged = signBytes('sha256', Buffer.from(message), privateKey).toString('base64');
    expect(await verdict({ headers: { 'paypal-transmission-sig': forged } })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });
});

/** Appends four bytes that bring the CRC-32 to a wanted sum. */
function withSum(start: string, target: number): Buffer {
  // Each byte's entry of the CRC table has a top byte of its own, so the sum can be walked back byte by byte.
  const table = Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  let wanted = (target ^ 0xffffffff) >>> 0;
  const indexes: number[] = [];
  for (let step = 0; step < 4; step++) {
    const index = table.findIndex((entry) => entry >>> 24 === wanted >>> 24);
    indexes.unshift(index);
    wanted = ((wanted ^ (table[index] ?? 0)) << 8) >>> 0;
  }
  let state = (crc32(start) ^ 0xffffffff) >>> 0;
  const bytes = indexes.map((index) => {
    const byte = (state ^ index) & 0xff;
    state = ((state >>> 8) ^ (table[index] ?? 0)) >>> 0;
    return byte;
  });
  return Buffer.concat([Buffer.from(start), Buffer.from(bytes)]);
}
