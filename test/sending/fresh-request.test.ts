import { describe, expect, it } from 'vitest';
import { loadGuide } from '../../providers/samples/index.ts';
import { catalogue } from '../../providers/index.ts';
import { identify } from '../../src/catalogue/identify.ts';
import type { Provider, Sample } from '../../src/catalogue/provider.ts';
import { freshRequest } from '../../src/sending/fresh-request.ts';

const at = { url: 'http://127.0.0.1:8080/x', now: 1_800_000_000_000 };

/** Every provider with its first sample. */
const all = await Promise.all(
  catalogue.ids().map(async (id) => {
    const [sample] = (await (await loadGuide(id))?.samples()) ?? [];
    return { id, provider: catalogue.get(id)!, sample: sample! };
  }),
);

function original(provider: Provider, sample: Sample) {
  return identify(provider, { headers: sample.headers, body: Buffer.from(sample.body) });
}

/** Whose sample carries an id. */
const withId = all.filter(({ provider, sample }) => !original(provider, sample).deliveryId.startsWith('sha256-'));
/** Whose sample carries events with ids. */
const withItems = all.filter(({ provider }) => provider.deliveryId === 'hash' && provider.items?.id !== undefined);

describe('a sample that is sent again', () => {
  it.each(all)('of $id keeps its event type', ({ provider, sample }) => {
    const request = freshRequest(provider, sample, at);
    expect(identify(provider, request).eventType).toBe(original(provider, sample).eventType);
  });

  it.each(withId)('of $id has a new delivery id, of the same kind', ({ provider, sample }) => {
    const ids = [1, 2].map(() => identify(provider, freshRequest(provider, sample, at)).deliveryId);
    const before = original(provider, sample).deliveryId;
    expect(new Set([...ids, before]).size).toBe(3);
    const kind = (id: string) => /^[a-z]+_|^\d+$/i.exec(id)?.[0].replace(/\d+/, 'number');
    expect(kind(ids[0]!)).toBe(kind(before));
  });

  it.each(withItems)('of $id has new ids of its events, so that its content is new', ({ provider, sample }) => {
    const ids = [1, 2].map(() => identify(provider, freshRequest(provider, sample, at)).deliveryId);
    expect(new Set([...ids, original(provider, sample).deliveryId]).size).toBe(3);
  });

  it('of Twilio’s Event Streams, which lacks the header with an id, has new ids of its events', async () => {
    const twilio = catalogue.get('twilio')!;
    const sample = (await (await loadGuide('twilio'))?.samples())?.find(({ event }) => event === 'batch');
    const idsOf = () => {
      const events = JSON.parse(Buffer.from(freshRequest(twilio, sample!, at).body).toString()) as { id: string }[];
      return events.map(({ id }) => id);
    };
    expect(new Set([...idsOf(), ...idsOf()]).size).toBe(4);
  });

  it('is otherwise as it was', () => {
    const provider = catalogue.get('github')!;
    const headers = { 'x-github-event': 'push', 'x-github-delivery': 'a' };
    const request = freshRequest(provider, { event: 'push', headers, body: '{"a" : 1}' }, at);
    expect(Buffer.from(request.body).toString()).toBe('{"a" : 1}');
    expect(request.headers['x-github-event']).toBe('push');
    expect(request).toMatchObject({ timestamp: at.now, url: at.url, method: 'POST' });
  });
});
