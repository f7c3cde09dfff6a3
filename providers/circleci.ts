import { defineProvider } from '../src/catalogue/define-provider.ts';

export const circleci = defineProvider({
  id: 'circleci',
  name: 'CircleCI',
  docs: 'https://circleci.com/docs/guides/integration/outbound-webhooks/#validate-webhooks',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'circleci-signature', pairs: { separator: ',', key: 'v1' }, encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  headers: { 'content-type': 'always', 'circleci-signature': 'always', 'circleci-event-type': 'always' },
  // The body is signed and the header is not, so the body comes first.
  eventType: [{ json: 'type' }, { header: 'circleci-event-type' }],
  deliveryId: { at: [{ json: 'id' }], signed: true },
  occurredAt: [{ at: { json: 'happened_at' }, unit: 'iso8601' }],
  limits: { answerSeconds: 5 },
  retry: { text: 'at a later time; how often is not documented', horizonSeconds: 86_400 },
});
