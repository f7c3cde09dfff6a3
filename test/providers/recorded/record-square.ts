import { createHmac } from 'node:crypto';
import { bodies, tampered } from '../oracle.ts';
import type { RecordedRequest, RecordSdk } from './recorded.ts';

interface Sdk {
  WebhooksHelper: {
    verifySignature(options: {
      requestBody: string;
      signatureHeader: string;
      signatureKey: string;
      notificationUrl: string;
    }): Promise<boolean>;
  };
}

/** Square's SDK only verifies. What it is asked about is signed as Square's documentation says. */
export const recordSquare: RecordSdk = async (load) => {
  const { WebhooksHelper } = load('square') as Sdk;
  const secret = 'asdf1234';
  const url = 'https://example.com/webhook';
  const requests: RecordedRequest[] = [];
  for (const signed of bodies) {
    const signature = createHmac('sha256', secret).update(`${url}${signed}`).digest('base64');
    const ask = async (what: string, request: { body: string; url: string }) => {
      const asked = {
        requestBody: request.body,
        signatureHeader: signature,
        signatureKey: secret,
        notificationUrl: request.url,
      };
      const accepted = await WebhooksHelper.verifySignature(asked);
      requests.push({ what, ...request, headers: { 'x-square-hmacsha256-signature': signature }, accepted });
    };
    await ask('as signed', { body: signed, url });
    await ask('with another body', { body: tampered(signed), url });
    await ask('to another URL', { body: signed, url: `${url}?x=1` });
  }
  return { secret, requests };
};
