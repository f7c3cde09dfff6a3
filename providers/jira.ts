import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Webhooks that an administrator set up with a secret. Those of OAuth and Connect apps are not signed this way. */
export const jira = defineProvider({
  id: 'jira',
  name: 'Jira Cloud',
  docs: 'https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-hub-signature', prefix: 'sha256=', encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'x-hub-signature': 'always',
    'x-atlassian-webhook-identifier': 'always',
    'x-atlassian-webhook-retry': 'sometimes',
    'x-atlassian-webhook-flow': 'sometimes',
  },
  eventType: [{ json: 'webhookEvent' }],
  // The same on every retry.
  deliveryId: { at: [{ header: 'x-atlassian-webhook-identifier' }], signed: false },
  occurredAt: [{ at: { json: 'timestamp' }, unit: 'milliseconds' }],
  // The answers: https://community.developer.atlassian.com/t/new-jira-cloud-webhook-retry-policy/30554
  retry: { text: 'after 408, 409, 425, 429, 5xx or none, up to five times', horizonSeconds: 86_400 },
  unconfirmed: ['retry'],
});
