import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Updates of a bot. The body is not signed: whoever knows the token can send anything. */
export const telegram = defineProvider({
  id: 'telegram',
  name: 'Telegram',
  docs: 'https://core.telegram.org/bots/api#setwebhook',
  checkedAt: '2026-11-24',
  verify: { scheme: 'token', at: { header: 'x-telegram-bot-api-secret-token' } },
  headers: { 'content-type': 'always', 'x-telegram-bot-api-secret-token': 'always' },
  // An update holds one of these objects beside its id: https://core.telegram.org/bots/api#update
  eventType: [
    {
      jsonKey: [
        'message',
        'edited_message',
        'channel_post',
        'edited_channel_post',
        'business_connection',
        'business_message',
        'edited_business_message',
        'deleted_business_messages',
        'guest_message',
        'message_reaction',
        'message_reaction_count',
        'inline_query',
        'chosen_inline_result',
        'callback_query',
        'shipping_query',
        'pre_checkout_query',
        'purchased_paid_media',
        'poll',
        'poll_answer',
        'my_chat_member',
        'chat_member',
        'chat_join_request',
        'chat_boost',
        'removed_chat_boost',
        'managed_bot',
        'subscription',
        'stopped_message_generation',
      ],
    },
  ],
  deliveryId: { at: [{ json: 'update_id' }], signed: false },
  // https://core.telegram.org/bots/api#getting-updates
  retry: { text: 'until it is taken; updates are kept for 24 hours', horizonSeconds: 86_400 },
});
