import { defineProvider } from '../src/catalogue/define-provider.ts';
import { adyenPayments, adyenPlatform } from './schemes/adyen.ts';

export const adyen = defineProvider({
  id: 'adyen',
  name: 'Adyen',
  docs: 'https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures',
  checkedAt: '2026-11-24',
  verify: { alternatives: { payments: adyenPayments, platform: adyenPlatform } },
  headers: { 'content-type': 'always', hmacsignature: 'sometimes' },
  // Payments name the event in their only item, where it is signed; a `type` beside it would not be. Then platform webhooks.
  eventType: [{ json: 'notificationItems.0.NotificationRequestItem.eventCode' }, { json: 'type' }],
  items: {
    path: 'notificationItems',
    type: 'NotificationRequestItem.eventCode',
    occurredAt: { path: 'NotificationRequestItem.eventDate', unit: 'iso8601' },
    verify: 'payments',
  },
  // Several events of a payment may have one pspReference.
  deliveryId: 'hash',
  limits: { answerSeconds: 10 },
  // https://docs.adyen.com/development-resources/webhooks/troubleshoot
  retry: {
    text: 'after 9, 18 and 27 s, then at intervals that grow from 2 min to 8 h, for up to 30 days',
    horizonSeconds: 30 * 86_400,
  },
});
