import { describe, expect, it } from 'vitest';
// Past the package's only entrance, which brings 3,900 files of types and takes a second to load.
import { WebhooksHelper } from '../../node_modules/square/wrapper/WebhooksHelper.js';
import { square } from '../../providers/square.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

describe('square', () => {
  // The example of https://developer.squareup.com/docs/webhooks/step3validate
  const signatureKey = 'asdf1234';
  const url = 'https://example.com/webhook';
  const body = '{"hello":"world"}';
  const header = 'x-square-hmacsha256-signature';
  const headers = { [header]: '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=' };

  function verifies(requestBody: string, signatureHeader: string, notificationUrl = url): Promise<boolean> {
    return WebhooksHelper.verifySignature({ requestBody, signatureHeader, signatureKey, notificationUrl });
  }

  it("accepts the example of Square's documentation; no other body, and no other URL", async () => {
    expect(await check(square, body, headers, signatureKey, { url })).toEqual(genuine);
    expect(await signed(square, body, signatureKey, { url })).toEqual(headers);
    expect(await check(square, tampered(body), headers, signatureKey, { url })).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await check(square, body, headers, signatureKey, { url: `${url}/` })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each(bodies)("signs what Square's SDK accepts, and it refuses the same for another body: %j", async (each) => {
    const made = (await signed(square, each, signatureKey, { url }))[header] ?? '';
    expect(await verifies(each, made)).toBe(true);
    expect(await verifies(tampered(each), made)).toBe(false);
    expect(await verifies(each, made, `${url}?x=1`)).toBe(false);
  });

  it('says what is missing when no public URL is configured', async () => {
    expect(await check(square, body, headers, signatureKey)).toMatchObject({ reason: 'missing_context' });
  });
});
