import { defineProvider } from '../src/catalogue/define-provider.ts';

/** GROQ-powered webhooks. */
export const sanity = defineProvider({
  id: 'sanity',
  name: 'Sanity',
  docs: 'https://www.sanity.io/docs/compute-and-ai/webhooks',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'sanity-webhook-signature', pairs: { separator: ',', key: 'v1' }, encoding: 'base64url' },
    // Sanity's own toolkit enforces no tolerance, and its documentation warns of delays in delivery.
    timestamp: { from: { pair: 't' }, unit: 'milliseconds', toleranceSeconds: null },
    message: [{ part: 'timestamp' }, '.', { part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'sanity-webhook-signature': 'always',
    'sanity-operation': 'always',
    'idempotency-key': 'always',
    'sanity-dataset': 'sometimes',
    'sanity-document-id': 'sometimes',
    'sanity-project-id': 'sometimes',
    'sanity-transaction-id': 'sometimes',
    'sanity-transaction-time': 'sometimes',
    'sanity-webhook-id': 'sometimes',
  },
  // create, update or delete; the body is what the webhook's projection makes of the document.
  eventType: [{ header: 'sanity-operation' }],
  deliveryId: { at: [{ header: 'idempotency-key' }], signed: false },
  // https://www.sanity.io/docs/changelog/50ec6abf-fe0c-475b-ae72-314148860132
  retry: { text: 'twice, 30 s apart, after 429 or 5xx', horizonSeconds: 3600 },
});
