import { defineProvider } from '../src/catalogue/define-provider.ts';

export const slack = defineProvider({
  id: 'slack',
  name: 'Slack',
  docs: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-slack-signature', prefix: 'v0=', encoding: 'hex' },
    timestamp: { from: { header: 'x-slack-request-timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
    message: ['v0:', { part: 'timestamp' }, ':', { part: 'body' }],
  },
  direct: {
    supported: false,
    reason: 'Slack saves a request URL only after the URL has answered its url_verification challenge',
  },
  headers: {
    'content-type': 'always',
    'x-slack-signature': 'always',
    'x-slack-request-timestamp': 'always',
    'x-slack-retry-num': 'sometimes',
    'x-slack-retry-reason': 'sometimes',
  },
  // Events API, then interactivity, then slash commands.
  eventType: [{ json: 'event.type' }, { json: 'type' }, { formJson: ['payload', 'type'] }, { form: 'command' }],
  deliveryId: { at: [{ json: 'event_id' }], signed: true },
  occurredAt: [{ at: { json: 'event_time' }, unit: 'seconds' }],
  limits: { answerSeconds: 3 },
  // https://docs.slack.dev/apis/events-api/#retries
  retry: { text: 'three retries: at once, after 1 min and after 5 min', horizonSeconds: 3600 },
});
