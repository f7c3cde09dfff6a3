import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'json',
  setup: [
    'Let your sender POST JSON to {url}; a field `type` becomes the event type.',
    'With `authorize` it sends a token of the issuer: Authorization: Bearer <token>. With `unverified: true` anyone may post.',
    'With `deduplicate`, bodies that are the same to the letter count as one delivery: let each hold a time or an id of its own.',
  ],
  secretFrom: 'none',
  proof: { kind: 'self', source: 'nothing is signed' },
  samples: () =>
    Promise.resolve([
      jsonSample('log', { type: 'log', level: 'error', message: 'Zoë $& 👋', at: '2026-01-31T12:00:00Z' }),
      jsonSample('reading', { type: 'reading', sensor: 'roof-17', celsius: 21.5, at: '2026-01-31T12:00:00Z' }),
    ]),
};
