import { expect, test } from 'vitest';
import { genericSample } from '../../src/catalogue/generic-sample.ts';
import type { DataProvider } from '../../src/catalogue/provider.ts';
import { checkProvider } from '../../src/cli/check-provider.ts';
import type { HmacScheme } from '../../src/signature/scheme.ts';

const acme = (scheme: Partial<HmacScheme>, more: Partial<DataProvider> = {}): DataProvider => ({
  id: 'acme',
  name: 'Acme',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-signature', encoding: 'hex' },
    message: [{ part: 'body' }],
    ...scheme,
  },
  headers: { 'x-signature': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: 'hash',
  retry: { text: 'never', horizonSeconds: 0 },
  ...more,
});

test.each<[string, DataProvider, unknown]>([
  ['holds the one item that must be there', acme({ onlyItem: 'data.events' }), { data: { events: [{}] } }],
  [
    'holds what is signed in that item',
    acme({ onlyItem: 'events', message: [{ part: 'json', path: 'events.0.a.b' }] }),
    { events: [{ a: { b: 'evt_1' } }] },
  ],
  [
    'holds beside it what else is read in the item',
    acme(
      {
        onlyItem: 'events',
        signature: { json: 'events.0.signature', encoding: 'base64' },
        message: [{ part: 'json', path: 'events.0.a.b' }],
      },
      {
        eventType: [{ json: 'events.0.kind' }],
        deliveryId: { at: [{ json: 'events.0.a.b' }], signed: true },
        items: { path: 'events', type: 'kind', id: 'id' },
      },
    ),
    { events: [{ kind: 'sample.created', id: 'evt_1', a: { b: 'evt_1' } }] },
  ],
  ['has a list where a path counts', acme({}, { eventType: [{ json: 'events.0.kind' }] }), { events: [{}] }],
])('a sample that is made up %s, and is signed and verified', async (_, provider, expected) => {
  const sample = genericSample(provider);
  expect(JSON.parse(sample.body)).toMatchObject(expected as object);
  const rows = await checkProvider(provider, [sample]);
  expect(rows.filter(({ result }) => result === 'failed')).toEqual([]);
});
