import { defineProvider } from '../src/catalogue/define-provider.ts';

/**
 * Any JSON from anyone that the endpoint lets in: logs of a browser, readings of sensors. Nothing is signed, so a source
 * needs `authorize`, or must say `unverified: true`.
 */
export const json = defineProvider({
  id: 'json',
  name: 'JSON without a signature',
  docs: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html',
  checkedAt: '2026-11-24',
  verify: { scheme: 'none', acknowledgeRisk: true },
  // None is needed, so none can be missing.
  headers: { 'content-type': 'sometimes' },
  eventType: [{ json: 'type' }],
  // An `id` in a body may name a sensor as well as an event.
  deliveryId: 'hash',
  retry: { text: 'whatever the sender does', horizonSeconds: 86_400 },
});
