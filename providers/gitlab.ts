import { defineProvider } from '../src/catalogue/define-provider.ts';
import { standardWebhooks } from '../src/signature/standard-webhooks.ts';

export const gitlab = defineProvider({
  id: 'gitlab',
  name: 'GitLab',
  docs: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  checkedAt: '2026-11-24',
  verify: {
    alternatives: {
      // GitLab 19.0 and newer: the "signing token" follows Standard Webhooks to the letter.
      'signing-token': standardWebhooks(),
      // The older "secret token" travels in clear text and signs nothing.
      'secret-token': { scheme: 'token', at: { header: 'x-gitlab-token' } },
    },
  },
  headers: {
    'content-type': 'always',
    'x-gitlab-event': 'always',
    'webhook-id': 'sometimes',
    'webhook-timestamp': 'sometimes',
    'webhook-signature': 'sometimes',
    'x-gitlab-token': 'sometimes',
    'idempotency-key': 'sometimes',
    'x-gitlab-event-uuid': 'sometimes',
    'x-gitlab-webhook-uuid': 'sometimes',
    'x-gitlab-instance': 'sometimes',
  },
  // The body is signed and the header is not, so the body comes first.
  eventType: [{ json: 'object_kind' }, { json: 'event_name' }, { header: 'x-gitlab-event' }],
  // The two are equal; only a signing token signs the first.
  deliveryId: { at: [{ header: 'webhook-id' }, { header: 'idempotency-key' }], signed: true },
  limits: { bodyBytes: 25 * 1024 * 1024, answerSeconds: 10 },
  retry: {
    text: 'by hand from the list of recent events; a hook that fails four times in a row is switched off for 1 min up to 24 h, after 40 failures for good',
    horizonSeconds: 86_400,
  },
});
