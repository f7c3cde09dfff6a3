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

const texts = (attributes: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
  );

/** A message whose first attribute is this. */
const queued = (request: string) => received({}, { attributes: texts({ Request: request, Id: 'request-1' }) });

/** A message as the endpoint wrote it before wire version 3. */
function before3(wire: string, fields: string, query?: string) {
  const context = 'request-1 0 192.0.2.1';
  const written = { Wire: wire, ContextHead: context, Headers: `${fields}\n`, ContextTail: context };
  return received({}, { attributes: texts({ ...written, ...(query !== undefined && { Query: query }) }) });
}

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

  it('is refused where tokens are asked for by now, and it waited since the source had a provider that signs', async () => {
    const verifies = { source: 'logs', scheme: none, secrets: createFakeSecrets(), unsigned: true, provider: json };
    const foreign = [
      received({ secret: 'wrong' }),
      received({ headers: { 'x-hub-signature-256': '' } }),
      queued('3 request-1 0 192.0.2.1 0 1\n?token: \nrequest-1'),
      queued('3 request-1 0 192.0.2.1 1 0\n*signature: v1\n'),
      before3('1', 'x-gitlab-token: \n'),
      before3('2', '', 'request-1 1\ntoken: \nrequest-1'),
      // As of Mailgun, which signs in the body: json keeps a content type only where one is mapped, and maps none.
      queued('3 request-1 0 192.0.2.1 1 0\ncontent-type: a/b\n'),
      queued('3 request-1 0 192.0.2.1 1 0\ncontent-type: \n'),
      before3('1', 'content-type: a/b\n'),
    ];
    for (const message of foreign) {
      expect(await authenticate(message, { ...verifies, authorized: true })).toMatchObject({
        ok: false,
        outcome: { kind: 'rejected', reason: 'other_provider' },
      });
      // Where anyone may post, nothing is lost by it.
      expect(await authenticate(message, verifies)).toMatchObject({ ok: true });
    }
    for (const message of [queued('3 request-1 0 192.0.2.1 0 0\n'), before3('1', '')])
      expect(await authenticate(message, { ...verifies, authorized: true })).toMatchObject({ ok: true });
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
