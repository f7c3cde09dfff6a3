import { defineProvider } from '../src/catalogue/define-provider.ts';

/**
 * One header for each active key, numbered. An account may have 100 keys; ten signatures are looked at, and the first alone
 * is always there, so that it alone is mapped.
 */
const signatures = Array.from({ length: 10 }, (_, index) => `x-docusign-signature-${index + 1}`);

/** Connect, with JSON messages (`restv2.1`). */
export const docusign = defineProvider({
  id: 'docusign',
  name: 'Docusign Connect',
  docs: 'https://developers.docusign.com/platform/webhooks/connect/validate',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { headers: signatures, encoding: 'base64' },
    message: [{ part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    ...Object.fromEntries(signatures.map((name) => [name, 'sometimes' as const])),
    'x-docusign-signature-1': 'always',
  },
  eventType: [{ json: 'event' }],
  // A message has no id, and a retry counts itself in the body, so that its hash is another.
  deliveryId: {
    at: [
      { jsonAll: ['data.envelopeId', 'data.recipientId', 'event', 'generatedDateTime'] },
      { jsonAll: ['data.envelopeId', 'event', 'generatedDateTime'] },
    ],
    signed: true,
  },
  occurredAt: [{ at: { json: 'generatedDateTime' }, unit: 'iso8601' }],
  limits: { answerSeconds: 100 },
  retry: { text: 'with growing delays for at least a day; by hand from the list of failures', horizonSeconds: 86_400 },
  unconfirmed: ['retry', 'answerSeconds'],
});
