import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Webhooks of an internal or public integration. */
export const sentry = defineProvider({
  id: 'sentry',
  name: 'Sentry',
  docs: 'https://docs.sentry.io/integrations/integration-platform/webhooks/',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    // The integration's client secret.
    key: 'utf8',
    signature: { header: 'sentry-hook-signature', encoding: 'hex' },
    // The header with the timestamp is not signed, so checking it would prove nothing.
    message: [{ part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'sentry-hook-signature': 'always',
    'sentry-hook-resource': 'always',
    'sentry-hook-timestamp': 'always',
    'request-id': 'always',
  },
  // The resource, such as `issue`; what happened to it stands in the body as `action`.
  eventType: [{ header: 'sentry-hook-resource' }],
  deliveryId: { at: [{ header: 'request-id' }], signed: false },
  // 1,000 timeouts within a day end the subscription: https://sentry.io/changelog/2023-10-3-change-to-integration-platform-webhook-handling
  limits: { answerSeconds: 1 },
  // Not documented: the tasks in src/sentry/sentry_apps/tasks/sentry_apps.py of getsentry/sentry.
  retry: {
    text: 'three times, 5 min apart, after a time-out or 5xx; each has another Request-ID, so that it counts as a new delivery',
    horizonSeconds: 3600,
  },
});
