import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const destination = 'U8e742f61d673b39c7fff3cecb7536ef0';

function event(type: string, webhookEventId: string, more: object) {
  return {
    type,
    webhookEventId,
    mode: 'active',
    timestamp: 1793722804123,
    deliveryContext: { isRedelivery: false },
    source: { type: 'user', userId: 'U4af4980629f44a01b2ad6f0a1a2b3c4d' },
    ...more,
  };
}

export const guide: ProviderGuide = {
  id: 'line',
  setup: [
    'In the LINE Developers Console open the channel, Messaging API, enter {url} as Webhook URL, and switch Use webhook on.',
    'Copy the Channel secret from Basic settings.',
    'Verify sends a request without events. Switch Webhook redelivery on if a delivery that failed is to come again.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source: 'the example of LINE\'s page "Verify webhook signature"; npm @line/bot-sdk verifies what ours signs',
  },
  samples: () =>
    Promise.resolve([
      jsonSample('message', {
        destination,
        events: [
          event('message', '01HEBC8XAXB7WHD8P2TE5K7TQT', {
            replyToken: '38ef843bde154d9b91c21320ffd17a0f',
            message: { type: 'text', id: '14353798921116', text: 'こんにちは $& 👋' },
          }),
        ],
      }),
      jsonSample('batch', {
        destination,
        events: [
          event('follow', '01HEBC9N6J4V8M2Q0S3R5T7W9X', {}),
          event('unfollow', '01HEBCA2B7D9F1H3K5M7P9R1T3', {}),
        ],
      }),
      jsonSample('verify', { destination, events: [] }),
    ]),
};
