import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { json } from '../../providers/json.ts';
import { schemesOf } from '../../src/catalogue/scheme-of.ts';
import { authenticate } from '../../src/delivery/authenticate.ts';
import { createPipeline } from '../../src/delivery/pipeline.ts';
import type { VerifiedDelivery } from '../../src/delivery/delivery.ts';
import type { Scheme } from '../../src/signature/scheme.ts';
import { verify } from '../../src/signature/verify.ts';
import { createLogFake } from '../fakes/log.ts';
import { createFakeSecrets, received, sourcePlan } from '../fakes/source.ts';

const all = catalogue.ids().flatMap((id) => {
  const provider = catalogue.get(id);
  return provider ? Object.entries(schemesOf(provider)).map(([name, scheme]) => ({ id, name, scheme })) : [];
});
const signing = all.filter(({ scheme }) => scheme.scheme !== 'none');
const none: Scheme = { scheme: 'none', acknowledgeRisk: true };

describe('a delivery that nobody signed', () => {
  it('is handed over where plan and provider say so, and no secret is read', async () => {
    const secrets = createFakeSecrets();
    const dispatched: VerifiedDelivery[] = [];
    const pipeline = createPipeline({
      source: sourcePlan({}, { id: 'logs', provider: 'json', unsigned: true }),
      provider: json,
      secrets,
      dispatch: (deliveries) => {
        dispatched.push(...deliveries);
        return Promise.resolve(deliveries.map(() => ({ kind: 'handled' }) as const));
      },
      clock: Date.now,
      log: createLogFake(),
    });
    const [processed] = await pipeline.process([received({ body: '{"type":"log","id":"sensor-1"}' })]);
    expect(processed).toMatchObject({ outcome: { kind: 'handled' }, secretVersion: undefined });
    expect(dispatched).toMatchObject([{ eventType: 'log', idSigned: false, provider: 'json' }]);
    expect(dispatched[0]?.id).toMatch(/^sha256-/);
    expect(secrets.reads).toEqual([]);
  });

  it('is refused where the plan does not say so', async () => {
    for (const unsigned of [false, undefined]) {
      const secrets = createFakeSecrets('right');
      const result = await authenticate(received(), { source: 'logs', scheme: none, secrets, unsigned });
      expect(result).toMatchObject({ ok: false, outcome: { kind: 'rejected', reason: 'verification_error' } });
    }
  });

  it('is refused where the definition does not acknowledge it', async () => {
    const scheme = { scheme: 'none' } as unknown as Scheme;
    const result = await authenticate(received(), {
      source: 'logs',
      scheme,
      secrets: createFakeSecrets('right'),
      unsigned: true,
    });
    expect(result).toMatchObject({ ok: false, outcome: { kind: 'rejected' } });
  });

  it('is never verified by the engine itself, whatever the secrets', async () => {
    const request = { headers: {}, body: Buffer.from('{}'), receivedAt: 0 };
    for (const secrets of [[], [''], ['right']])
      expect(await verify(none, request, secrets)).toMatchObject({ ok: false, reason: 'verification_error' });
  });
});

describe('a provider that signs', () => {
  it('is each of the catalogue but json', () => {
    expect(all.filter(({ scheme }) => scheme.scheme === 'none').map(({ id }) => id)).toEqual(['json']);
    expect(signing.length).toBeGreaterThan(30);
  });

  it.each(signing)('$id $name is not taken unverified, whatever the plan says', async ({ scheme }) => {
    for (const secrets of [createFakeSecrets(), createFakeSecrets('wrong')]) {
      const message = received({ headers: { 'x-hub-signature-256': '' }, secret: 'another' });
      const result = await authenticate(message, { source: 'x', scheme, secrets, unsigned: true });
      expect(result.ok).toBe(false);
    }
  });
});
