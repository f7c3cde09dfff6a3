import '@shopify/shopify-api/adapters/web-api';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { shopify } from '../../providers/shopify.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

const secret = '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';
const sdk = shopifyApi({
  apiKey: 'unused',
  apiSecretKey: secret,
  apiVersion: ApiVersion.October26,
  hostName: 'example.com',
  isEmbeddedApp: false,
  logger: { log: () => undefined },
});

const described = {
  'x-shopify-topic': 'orders/create',
  'x-shopify-shop-domain': 'sample.myshopify.com',
  'x-shopify-api-version': '2026-10',
  'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
};

async function valid(rawBody: string, headers: Record<string, string>): Promise<boolean> {
  const rawRequest = new Request('https://example.com/', { method: 'POST', headers });
  return (await sdk.webhooks.validate({ rawBody, rawRequest })).valid;
}

describe('shopify', () => {
  it.each(bodies)("signs what Shopify's SDK accepts, and it refuses the same for another body: %j", async (body) => {
    const headers = { ...described, ...(await signed(shopify, body, secret)) };
    expect(await valid(body, headers)).toBe(true);
    expect(await valid(tampered(body), headers)).toBe(false);
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
