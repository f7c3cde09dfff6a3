import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

function sample(event: string, token: string, data: object) {
  return jsonSample(event, {
    signature: { timestamp: '1793722805', token },
    'event-data': {
      event,
      id: 'CPgfbmQMTCKtHW6uIWtuVe',
      timestamp: 1793722804.282,
      recipient: 'zoe@example.com',
      ...data,
    },
  });
}

export const guide: ProviderGuide = {
  id: 'mailgun',
  setup: [
    'In Mailgun open Send > Sending > Webhooks, choose the domain, and add a webhook with {url} for each event.',
    'Copy the HTTP webhook signing key (Settings > API security): one key for the whole account. A subaccount has its own; for the webhooks of all your subaccounts take the key of the primary account, and set verify: primary-account on the source.',
    "Mailgun does not sign the event itself: who sees one request can send another body with its signature. Set deduplicate: true, so that each signature counts once, and check with Mailgun's API before anything that matters.",
    'A delivery whose timestamp is over 8 hours old, which no retry reaches, is refused; set tolerance on the source to change that.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'vector', source: 'the vector in the tests of mailgun/mailgun-php (tests/Api/WebhookTest.php)' },
  samples: () =>
    Promise.resolve([
      sample('delivered', '3f8a2c1e9b7d4f60a5c8e1b2d3f4a5b6c7d8e9f0a1b2c3d4e5', {
        'log-level': 'info',
        'delivery-status': { code: 250, message: 'OK $& 👋' },
      }),
      sample('failed', '7c1d5e9f3a2b8c4d6e0f1a2b3c4d5e6f708192a3b4c5d6e7f8', {
        severity: 'permanent',
        reason: 'bounce',
      }),
    ]),
};
