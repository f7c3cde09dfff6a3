import { defineProvider } from '../src/catalogue/define-provider.ts';
import { paypalScheme } from './schemes/paypal.ts';

export const paypal = defineProvider({
  id: 'paypal',
  name: 'PayPal',
  docs: 'https://developer.paypal.com/api/rest/webhooks/rest/',
  checkedAt: '2026-11-24',
  verify: { alternatives: { live: paypalScheme('api.paypal.com'), sandbox: paypalScheme('api.sandbox.paypal.com') } },
  headers: {
    'content-type': 'always',
    'paypal-transmission-id': 'always',
    'paypal-transmission-time': 'always',
    'paypal-transmission-sig': 'always',
    'paypal-cert-url': 'always',
    'paypal-auth-algo': 'always',
    'paypal-auth-version': 'sometimes',
  },
  eventType: [{ json: 'event_type' }],
  // The signature covers a CRC-32 of the body, which others can match.
  deliveryId: { at: [{ json: 'id' }], signed: false },
  occurredAt: [{ at: { json: 'create_time' }, unit: 'iso8601' }],
  retry: { text: 'up to 25 times over 3 days; by hand from the dashboard', horizonSeconds: 3 * 86_400 },
});
