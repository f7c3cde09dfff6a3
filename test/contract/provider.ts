import { describe, expect, it } from 'vitest';
import { identify } from '../../src/catalogue/identify.ts';
import { parsePayload } from '../../src/catalogue/payload.ts';
import type { Provider, ProviderGuide, Sample } from '../../src/catalogue/provider.ts';
import { checks } from '../../src/catalogue/contract/checks.ts';
import { arrival, canSign, context, subjectsOf, verdictOn } from '../../src/catalogue/contract/subject.ts';
import { checkVector } from '../../src/catalogue/contract/vectors.ts';
import { propertiesOf } from './properties.ts';

/** Everything that holds for every provider; a provider needs no line here of its own. */
export function providerContract(provider: Provider, guide: ProviderGuide, samples: readonly Sample[]): void {
  describe(`${provider.id}: guide`, () => {
    it('says how to connect it, and has samples that its definition understands', () => {
      expect(guide.id).toBe(provider.id);
      expect(guide.setup.join('\n')).toContain('{url}');
      expect(samples.length).toBeGreaterThan(0);
      for (const { headers, body } of samples) {
        expect(Object.keys(provider.headers)).toEqual(expect.arrayContaining(Object.keys(headers)));
        expect(identify(provider, { headers, body: Buffer.from(body) }).deliveryId).not.toBe('');
        expect(parsePayload(provider, { headers, body: Buffer.from(body) })).toBeDefined();
      }
    });
  });
  it.each(provider.occurredAt ? [provider] : [])('$id: finds in its samples when the event happened', (timed) => {
    const found = samples.flatMap((sample) => occurredAt(timed, sample) ?? []);
    expect(found.length).toBeGreaterThan(0);
    // In another unit it would be decades away.
    for (const time of found) expect(new Date(time).getUTCFullYear()).toBe(2026);
  });
  it.each('vectors' in guide ? [guide] : [])('$id: verifies and refuses as its vectors say', async (withVectors) => {
    const vectors = (await withVectors.vectors?.()) ?? [];
    expect(vectors.length).toBeGreaterThan(0);
    for (const vector of vectors)
      expect([vector.origin, await checkVector(provider, vector)]).toEqual([vector.origin, []]);
  });
  for (const subject of subjectsOf(provider, samples)) {
    const properties = Object.entries(propertiesOf(subject));
    describe(`${subject.name}: signature`, () => {
      it('refuses a sample without a signature', async () => {
        const { headers, body } = subject.sample;
        const request = { ...context, receivedAt: arrival, headers, body: Buffer.from(body) };
        expect(await verdictOn(subject, request)).toMatchObject({ ok: false });
      });
      it.each(properties)('%s', async (_, property) => {
        expect(await property({ numRuns: 60 })).toMatchObject({ failed: false });
      });
      if (!canSign(subject)) return;
      const applicable = checks.filter(({ applies }) => applies?.(subject) ?? true);
      it.each(applicable.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
        expect(await run(subject)).toEqual([]);
      });
    });
  }
}

function occurredAt(provider: Provider, { headers, body }: Sample): number | undefined {
  return identify(provider, { headers, body: Buffer.from(body) }).occurredAt;
}
