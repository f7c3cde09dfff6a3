import { defineProvider } from '../src/catalogue/define-provider.ts';

/** The action "Webhooks by Zapier" of a Zap. It signs nothing; a credential goes along in clear text. */
export const zapier = defineProvider({
  id: 'zapier',
  name: 'Zapier',
  docs: 'https://help.zapier.com/hc/en-us/articles/8496326446989-Send-webhooks-in-Zaps',
  checkedAt: '2026-11-24',
  verify: {
    alternatives: {
      token: { scheme: 'token', at: { header: 'x-webhook-token' } },
      basic: { scheme: 'basic' },
    },
  },
  headers: {
    'content-type': 'always',
    'x-webhook-token': 'sometimes',
    authorization: 'sometimes',
    'x-event-type': 'sometimes',
    'x-event-id': 'sometimes',
  },
  // Whoever makes the Zap decides what it sends, and whether it sends these at all.
  eventType: [{ json: 'event_type' }, { form: 'event_type' }, { header: 'x-event-type' }],
  deliveryId: { at: [{ json: 'event_id' }, { form: 'event_id' }, { header: 'x-event-id' }], signed: false },
  limits: { answerSeconds: 30 },
  retry: { text: 'only if Autoreplay is on for the account', horizonSeconds: 86_400 },
  unconfirmed: ['retry', 'answerSeconds'],
});
