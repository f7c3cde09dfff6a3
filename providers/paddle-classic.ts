import { defineProvider } from '../src/catalogue/define-provider.ts';
import { paddleClassicScheme } from './schemes/paddle-classic.ts';

/** Closed for new accounts since 2023, and still delivering. Its Invoice product signs as Paddle Billing does. */
export const paddleClassic = defineProvider({
  id: 'paddle-classic',
  name: 'Paddle Classic',
  docs: 'https://classic.paddle.com/webhook-reference/verifying-webhooks',
  checkedAt: '2026-11-24',
  verify: paddleClassicScheme,
  headers: { 'content-type': 'always' },
  // A fulfilment webhook has neither.
  eventType: [{ form: 'alert_name' }],
  deliveryId: { at: [{ form: 'alert_id' }], signed: true },
  limits: { answerSeconds: 10 },
  retry: { text: 'with exponential backoff; after an hour if the server does not answer', horizonSeconds: 3 * 86_400 },
});
