import { defineProvider } from '../src/catalogue/define-provider.ts';

export const typeform = defineProvider({
  id: 'typeform',
  name: 'Typeform',
  docs: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    // Base64 behind a prefix that stands before hex everywhere else.
    signature: { header: 'typeform-signature', prefix: 'sha256=', encoding: 'base64' },
    message: [{ part: 'body' }],
  },
  headers: { 'content-type': 'always', 'typeform-signature': 'always' },
  eventType: [{ json: 'event_type' }],
  deliveryId: { at: [{ json: 'event_id' }], signed: true },
  occurredAt: [{ at: { json: 'form_response.submitted_at' }, unit: 'iso8601' }],
  limits: { answerSeconds: 30 },
  retry: {
    text: 'with growing delays; an endpoint that answers 404 or 410 is switched off at once',
    horizonSeconds: 86_400,
  },
  unconfirmed: ['retry', 'answerSeconds'],
});
