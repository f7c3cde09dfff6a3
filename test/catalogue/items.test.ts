import { describe, expect, it } from 'vitest';
import { hubspot } from '../../providers/hubspot.ts';
import { sendgrid } from '../../providers/sendgrid.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { itemsOf } from '../../src/catalogue/items.ts';
import type { Provider } from '../../src/catalogue/provider.ts';

function typeOf(provider: Provider, body: unknown): string | undefined {
  return identify(provider, { headers: {}, body: Buffer.from(JSON.stringify(body)) }).eventType;
}

describe('the event type of a request that carries several events', () => {
  it('is the one that all of them share', () => {
    expect(typeOf(sendgrid, [{ event: 'open' }, { event: 'open' }])).toBe('open');
    expect(typeOf(hubspot, [{ subscriptionType: 'contact.creation' }])).toBe('contact.creation');
  });

  it('is unknown if they differ, if there is none, and if the body is something else', () => {
    for (const body of [
      [{ event: 'open' }, { event: 'bounce' }],
      [{ event: 'open' }, {}],
      [{ event: 'open' }, null],
      [{ event: '' }],
      [],
      {},
      'open',
      null,
    ])
      expect(typeOf(sendgrid, body)).toBeUndefined();
  });

  it('leaves the request without an id of its own: the same body has the same id, another body another', () => {
    const id = (text: string) => identify(sendgrid, { headers: {}, body: Buffer.from(text) });
    expect(id('[{"event":"open"}]')).toEqual(id('[{"event":"open"}]'));
    expect(id('[{"event":"open"}]').deliveryId).not.toBe(id('[{"event":"open"} ]').deliveryId);
    expect(id('[{"event":"open"}]').idSigned).toBe(true);
  });
});

describe('the events of a request', () => {
  const items = { path: 'events', type: 'kind', id: 'uid', occurredAt: { path: 'at', unit: 'seconds' } } as const;

  it('are those of the array, each with what it says of itself', () => {
    const events = [
      { kind: 'made', uid: 7, at: 1793722805 },
      { kind: '', uid: { a: 1 }, at: 'soon' },
      null,
      { kind: 'made', uid: '8', at: '1793722806' },
    ];
    const nothing = { id: undefined, eventType: undefined, occurredAt: undefined };
    expect(itemsOf({ items }, { events })).toEqual([
      { id: '7', eventType: 'made', occurredAt: 1793722805_000, payload: events[0] },
      { ...nothing, payload: events[1] },
      { ...nothing, payload: null },
      { id: '8', eventType: 'made', occurredAt: 1793722806_000, payload: events[3] },
    ]);
  });

  it('are none in an empty array, and unknown where there is no array or no definition of one', () => {
    expect(itemsOf({ items }, { events: [] })).toEqual([]);
    for (const payload of [{}, { events: {} }, [], 'events', null]) expect(itemsOf({ items }, payload)).toBeUndefined();
    expect(itemsOf({}, { events: [{}] })).toBeUndefined();
  });
});
