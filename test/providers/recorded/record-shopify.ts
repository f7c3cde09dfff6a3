import { createHmac } from 'node:crypto';
import { bodies, tampered } from '../oracle.ts';
import type { RecordedRequest, RecordSdk } from './recorded.ts';

interface Sdk {
  shopifyApi: (settings: object) => {
    webhooks: { validate(request: { rawBody: string; rawRequest: Request }): Promise<{ valid: boolean }> };
  };
}

/** The headers that Shopify sends beside its signature, without which its SDK refuses all. */
const described = {
  'x-shopify-topic': 'orders/create',
  'x-shopify-shop-domain': 'sample.myshopify.com',
  'x-shopify-api-version': '2026-10',
  'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
};

/** Shopify's SDK only verifies. What it is asked about is signed as Shopify's documentation says. */
export const recordShopify: RecordSdk = async (load) => {
  load('@shopify/shopify-api/adapters/web-api');
  const { shopifyApi } = load('@shopify/shopify-api') as Sdk;
  const secret = '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';
  const { webhooks } = shopifyApi({
    apiKey: 'unused',
    apiSecretKey: secret,
    apiVersion: '2026-10',
    hostName: 'example.com',
    isEmbeddedApp: false,
    logger: { log: () => undefined },
  });
  const requests: RecordedRequest[] = [];
  for (const signed of bodies) {
    const signature = createHmac('sha256', secret).update(signed).digest('base64');
    const headers = { ...described, 'x-shopify-hmac-sha256': signature };
    const ask = async (what: string, body: string) => {
      const rawRequest = new Request('https://example.com/', { method: 'POST', headers });
      const { valid } = await webhooks.validate({ rawBody: body, rawRequest });
      requests.push({ what, headers, body, accepted: valid });
    };
    await ask('as signed', signed);
    await ask('with another body', tampered(signed));
  }
  return { secret, requests };
};
