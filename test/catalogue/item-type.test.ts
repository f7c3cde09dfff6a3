import { describe, expect, it } from 'vitest';
import { hubspot } from '../../providers/hubspot.ts';
import { sendgrid } from '../../providers/sendgrid.ts';
import { identify } from '../../src/catalogue/identify.ts';
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
