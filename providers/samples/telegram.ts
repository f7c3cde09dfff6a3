import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const from = { id: 1111111, is_bot: false, first_name: 'Mara', last_name: 'Öztürk', language_code: 'de' };
const chat = { id: 1111111, type: 'private', first_name: 'Mara' };

export const guide: ProviderGuide = {
  id: 'telegram',
  setup: [
    'Choose a secret token of 1 to 256 characters out of A-Z, a-z, 0-9, _ and -.',
    'Call https://api.telegram.org/bot<token>/setWebhook with url {url} and secret_token. Port 443, 80, 88 or 8443.',
  ],
  secretFrom: 'you',
  proof: { kind: 'self', source: 'nothing is signed: the token is compared' },
  samples: () =>
    Promise.resolve([
      jsonSample('message', {
        update_id: 10000,
        message: { message_id: 1365, from, chat, date: 1793722805, text: '/start $& 👋' },
      }),
      jsonSample('callback_query', {
        update_id: 10001,
        callback_query: { id: '4382bfdwdsb323b2d9', from, chat_instance: '42', data: 'yes' },
      }),
    ]),
};
