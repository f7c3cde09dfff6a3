import { defineProvider } from '../src/catalogue/define-provider.ts';

export const discord = defineProvider({
  id: 'discord',
  name: 'Discord',
  docs: 'https://discord.com/developers/docs/events/webhook-events#validating-security-request-headers',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'publicKey',
    algorithm: 'ed25519',
    key: 'hex32',
    signature: { header: 'x-signature-ed25519', encoding: 'hex' },
    // Discord names no tolerance.
    timestamp: { from: { header: 'x-signature-timestamp' }, unit: 'seconds', toleranceSeconds: null },
    message: [{ part: 'timestamp' }, { part: 'body' }],
  },
  direct: {
    supported: false,
    reason:
      'Discord sends requests with wrong signatures on purpose and removes an endpoint that does not answer them with 401',
  },
  headers: { 'content-type': 'always', 'x-signature-ed25519': 'always', 'x-signature-timestamp': 'always' },
  eventType: [{ json: 'event.type' }],
  deliveryId: 'hash',
  limits: { answerSeconds: 3 },
  retry: { text: 'with exponential backoff for up to 10 minutes', horizonSeconds: 600 },
});
