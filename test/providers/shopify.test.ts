import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { shopify } from '../../providers/shopify.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';
import { judge, readRecorded, requestsCalled } from './recorded/recorded.ts';

const recorded = readRecorded('shopify');
const { secret } = recorded;

describe('shopify', () => {
  it.each(recorded.requests)("judges as Shopify's SDK does what came $what: $body", async (request) => {
    expect((await judge(shopify, recorded, request)).ok).toBe(request.accepted);
  });

  it.each(requestsCalled(recorded, 'as signed'))("signs what Shopify's SDK accepts: $body", async (accepted) => {
    expect(accepted.headers).toMatchObject(await signed(shopify, accepted.body, secret));
  });

  it.each(bodies)('accepts what the documentation describes, made with node:crypto: %j', async (body) => {
    const headers = { 'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64') };
    expect(await check(shopify, body, headers, secret)).toEqual(genuine);
    expect(await check(shopify, tampered(body), headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it("takes the header of Shopify's newer Events product for no signature", async () => {
    const headers = { 'shopify-hmac-sha256': createHmac('sha256', secret).update('{}').digest('base64') };
    expect(await check(shopify, '{}', headers, secret)).toMatchObject({ reason: 'missing_signature' });
  });
});
