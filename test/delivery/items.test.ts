import { describe, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { type DeliveryItem, defineHandler } from 'hookport';
import { testDelivery, testHandler } from 'hookport/testing';

/** What a handler finds in `items`. */
async function handed(provider: string, event: string): Promise<readonly DeliveryItem[]> {
  let items: readonly DeliveryItem[] = [];
  const handler = defineHandler((delivery) => void (items = delivery.items));
  const { outcomes } = await testHandler(handler, await testDelivery<string>(provider, event));
  expect(outcomes).toEqual([{ kind: 'handled' }]);
  return items;
}

const arrays: Readonly<Record<string, readonly [event: string, items: readonly object[]]>> = {
  adyen: ['CAPTURE', [{ eventType: 'CAPTURE', occurredAt: new Date('2026-11-03T16:20:04Z') }]],
  asana: [
    'batch',
    [{ eventType: 'changed', occurredAt: new Date('2026-11-03T16:20:04.188Z') }, { eventType: 'deleted' }],
  ],
  hubspot: [
    'batch',
    [
      { id: '3816279480', eventType: 'contact.propertyChange', occurredAt: new Date(1793724005000) },
      { id: '3816279481', eventType: 'company.deletion' },
    ],
  ],
  line: [
    'batch',
    [
      { id: '01HEBC9N6J4V8M2Q0S3R5T7W9X', eventType: 'follow', occurredAt: new Date(1793722804123) },
      { id: '01HEBCA2B7D9F1H3K5M7P9R1T3', eventType: 'unfollow' },
    ],
  ],
  meta: ['page', [{ eventType: 'page', payload: { id: '1082171405271' } }]],
  sendgrid: [
    'batch',
    [
      { id: 'cHJvY2Vzc2VkLTAtMQ', eventType: 'processed', occurredAt: new Date(1793724005000) },
      { id: 'b3Blbi0wLTE', eventType: 'open' },
      { id: 'Ym91bmNlLTAtMQ', eventType: 'bounce', payload: { reason: '500 unknown récipient' } },
    ],
  ],
  twilio: [
    'batch',
    [
      { id: 'EZ5c0f6d4e3a2b1c0d9e8f7a6b5c4d3e2f', eventType: 'com.twilio.messaging.message.sent' },
      { eventType: 'com.twilio.messaging.message.delivered', occurredAt: new Date('2026-11-03T16:20:05Z') },
    ],
  ],
};

describe('the items of a delivery', () => {
  test('are looked at here for every provider that sends several events in one request', () => {
    expect(Object.keys(arrays)).toEqual(catalogue.ids().filter((id) => catalogue.get(id)?.items));
  });

  test.each(Object.entries(arrays))('of %s are the events of its array', async (provider, [event, expected]) => {
    const items = await handed(provider, event);
    expect(items).toMatchObject(expected);
    expect(items).toHaveLength(expected.length);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });

  test('have the delivery’s id and their place where the provider gives them none', async () => {
    const { id, items, payload } = await testDelivery('asana', 'batch');
    expect(id).toMatch(/^sha256-/);
    expect(items.map((item) => item.id)).toEqual([`${id}-0`, `${id}-1`]);
    expect(items.map((item) => item.payload)).toEqual((payload as { events: unknown[] }).events);
  });

  test('are none in a request without any: a heartbeat, a press on Verify', async () => {
    expect(await handed('asana', 'heartbeat')).toEqual([]);
    expect(await handed('line', 'verify')).toEqual([]);
  });

  test('are the delivery alone where it is one event', async () => {
    for (const [provider, event] of [
      ['paddle', 'transaction.completed'],
      ['twilio', 'delivered'],
      ['adyen', 'balancePlatform.transfer.created'],
    ] as const) {
      const delivery = await testDelivery<string>(provider, event);
      const { id, eventType, occurredAt, payload, items } = delivery;
      expect(items).toEqual([{ id, eventType, occurredAt, payload }]);
      expect(items[0]?.payload).toBe(payload);
      expect(delivery.items).toBe(items);
    }
  });

  test('of a body that does not parse fail as its payload does', async () => {
    const handler = defineHandler((delivery) => void delivery.items);
    const { outcomes } = await testHandler(handler, await testDelivery('sendgrid', undefined, { body: '[{' }));
    expect(outcomes).toMatchObject([{ kind: 'failed', detail: expect.stringContaining('SyntaxError') }]);
  });
});
