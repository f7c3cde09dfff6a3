import { defineProvider } from '../src/catalogue/define-provider.ts';

export const zoom = defineProvider({
  id: 'zoom',
  name: 'Zoom',
  docs: 'https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-zm-signature', prefix: 'v0=', encoding: 'hex' },
    timestamp: { from: { header: 'x-zm-request-timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
    message: ['v0:', { part: 'timestamp' }, ':', { part: 'body' }],
  },
  direct: {
    supported: false,
    reason: 'Zoom asks the URL to answer its endpoint.url_validation challenge, at first and every 72 hours',
  },
  headers: { 'content-type': 'always', 'x-zm-signature': 'always', 'x-zm-request-timestamp': 'always' },
  eventType: [{ json: 'event' }],
  deliveryId: 'hash',
  occurredAt: [{ at: { json: 'event_ts' }, unit: 'milliseconds' }],
  // https://developers.zoom.us/blog/webhook-delays
  limits: { answerSeconds: 3 },
  retry: { text: 'three retries: after 5 min, 20 min more and 60 min more', horizonSeconds: 2 * 3600 },
});
