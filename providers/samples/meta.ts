import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

/** Meta escapes every character beyond ASCII, and the slash, before it signs and sends. */
function escaped(event: string, payload: unknown): Sample {
  const body = JSON.stringify(payload)
    .replaceAll('/', '\\/')
    .replaceAll(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return { event, headers: { 'content-type': 'application/json' }, body };
}

export const guide: ProviderGuide = {
  id: 'meta',
  setup: [
    'In the Meta App Dashboard open App settings > Basic and copy the app secret.',
    'Under Webhooks (or WhatsApp > Configuration) enter {url} as callback URL and a verify token; Meta asks the URL to echo a challenge.',
    'Subscribe to the fields you need.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'self',
    source: "Meta's documentation; the scheme is GitHub's, whose vector the tests use; no SDK that verifies",
  },
  samples: () =>
    Promise.resolve([
      escaped('page', {
        object: 'page',
        entry: [
          {
            id: '1082171405271',
            time: 1793724005,
            changes: [
              {
                field: 'feed',
                value: { item: 'status', verb: 'add', message: 'Grüße 👋 a/b', post_id: '44444444_444' },
              },
            ],
          },
        ],
      }),
      escaped('whatsapp_business_account', {
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '102290129340398',
            changes: [
              {
                field: 'messages',
                value: {
                  messaging_product: 'whatsapp',
                  metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
                  messages: [
                    {
                      from: '16505551234',
                      id: 'wamid.SAMPLE',
                      timestamp: '1793724005',
                      type: 'text',
                      text: { body: 'Ça va ?' },
                    },
                  ],
                },
              },
            ],
          },
        ],
      }),
    ]),
};
