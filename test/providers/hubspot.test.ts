import { Signature } from '@hubspot/api-client/lib/src/utils/signature.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hubspot } from '../../providers/hubspot.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

/** The SDK's own signature; its type wants the field that only its verifier reads. */
function sdkSignature(
  version: 'v1' | 'v2' | 'v3',
  options: Omit<Parameters<typeof Signature.isValid>[0], 'signature'>,
): string {
  return Signature.getSignature('POST', version, { ...options, signature: '' });
}

const clientSecret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
const url = 'https://www.example.com/webhook_uri';
const context = { url, method: 'POST' };

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('hubspot', () => {
  it.each([
    ['python: tests/spec/utils/test_signature.py', '1693657560000', 'K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y='],
    ['ruby: spec/helpers/signature_spec.rb', '1700000300000', 'RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw='],
  ])("accepts the vector of HubSpot's SDK for %s", async (_origin, timestamp, signature) => {
    const body = "{'example_field':'example_value'}";
    const headers = { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp };
    const extra = { ...context, receivedAt: Number(timestamp) };
    expect(await check(hubspot, body, headers, clientSecret, extra)).toEqual(genuine);
    expect(await check(hubspot, tampered(body), headers, clientSecret, extra)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each(bodies)("agrees with HubSpot's SDK for Node both ways on %j", async (requestBody) => {
    const theirs = sdkSignature('v3', { clientSecret, requestBody, url, timestamp: arrival });
    const headers = { 'x-hubspot-signature-v3': theirs, 'x-hubspot-request-timestamp': String(arrival) };
    expect(await signed(hubspot, requestBody, clientSecret, context)).toEqual(headers);
    expect(await check(hubspot, requestBody, headers, clientSecret, context)).toEqual(genuine);
    const options = { clientSecret, url, timestamp: arrival, signature: theirs, signatureVersion: 'v3' };
    expect(Signature.isValid({ ...options, requestBody })).toBe(true);
    expect(Signature.isValid({ ...options, requestBody: tampered(requestBody) })).toBe(false);
  });

  it('covers method and URL', async () => {
    const headers = await signed(hubspot, '[]', clientSecret, context);
    for (const other of [{ method: 'PUT' }, { url: `${url}/` }, { url: url.replace('https', 'http') }])
      expect(await check(hubspot, '[]', headers, clientSecret, { ...context, ...other })).toMatchObject({
        reason: 'signature_mismatch',
      });
  });

  it('says what is missing when no public URL is configured', async () => {
    const headers = await signed(hubspot, '[]', clientSecret, context);
    expect(await check(hubspot, '[]', headers, clientSecret, { method: 'POST' })).toMatchObject({
      reason: 'missing_context',
    });
  });

  it("decodes the escapes that HubSpot's documentation lists, and no others; its SDK decodes none", async () => {
    const configured = 'https://example.com/h?to=a%40b.c%2Fd%21%24%27%28%29%2a%2C%3B%3A%3F&x=%20%26%3D';
    const decoded = "https://example.com/h?to=a@b.c/d!$'()*,;:?&x=%20%26%3D";
    const at = { clientSecret, requestBody: '[]', timestamp: arrival };
    const header = (of: string) => ({
      'x-hubspot-signature-v3': sdkSignature('v3', { ...at, url: of }),
      'x-hubspot-request-timestamp': String(arrival),
    });
    const extra = { method: 'POST', url: configured };
    expect(await check(hubspot, '[]', header(decoded), clientSecret, extra)).toEqual(genuine);
    expect(await check(hubspot, '[]', header(configured), clientSecret, extra)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('is stricter than the SDK about the future, and as strict about the past', async () => {
    const valid = (timestamp: number) =>
      accepts(() => {
        const options = { clientSecret, requestBody: '[]', url, timestamp };
        const signature = sdkSignature('v3', options);
        if (!Signature.isValid({ ...options, signature, signatureVersion: 'v3' })) throw new Error('refused');
      });
    expect(await valid(arrival - 301_000)).toBe(false);
    expect(await valid(arrival + 86_400_000)).toBe(true);
    const headers = await signed(hubspot, '[]', clientSecret, context);
    for (const away of [301_000, -86_400_000])
      expect(
        await check(hubspot, '[]', headers, clientSecret, { ...context, receivedAt: arrival + away }),
      ).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('takes no signature of version 1 or 2', async () => {
    const options = { clientSecret, requestBody: '[]', url };
    for (const version of ['v1', 'v2'] as const) {
      const older = sdkSignature(version, options);
      const headers = { 'x-hubspot-signature': older, 'x-hubspot-request-timestamp': String(arrival) };
      expect(await check(hubspot, '[]', headers, clientSecret, context)).toMatchObject({ reason: 'missing_signature' });
    }
  });
});
