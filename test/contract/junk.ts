import fc from 'fast-check';
import { expect, it } from 'vitest';
import { verify } from '../../src/signature/verify.ts';
import { arrival, context, type Subject } from '../../src/catalogue/contract/subject.ts';

/** What anyone on the internet may send: refused, whatever it is, and never with an exception. */
export function refusesJunk({ provider, sample, scheme, secret }: Subject): void {
  const site = { ...context, receivedAt: arrival };

  it('refuses a sample without a signature', async () => {
    const request = { ...site, headers: sample.headers, body: Buffer.from(sample.body) };
    expect(await verify(scheme, request, [secret])).toMatchObject({ ok: false });
  });

  it('never throws, and takes no junk', async () => {
    // What a certificate is fetched from is not followed here: no network in unit tests.
    const names = Object.keys(provider.headers).filter((name) => !name.endsWith('cert-url'));
    const headers = fc.dictionary(fc.constantFrom('', '__proto__', ...names), fields, { maxKeys: 8 });
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.constant(Buffer.from(sample.body)),
    );
    const receivedAt = fc.oneof(fc.constant(arrival), fc.double());
    const property = fc.asyncProperty(headers, body, receivedAt, fc.array(value, { maxLength: 2 }), async (...junk) => {
      const request = { ...site, headers: junk[0], body: junk[1], receivedAt: junk[2] };
      const candidates = [...junk[3], secret];
      const verdict = await verify(scheme, request, candidates);
      // A secret made of junk may be the very token that junk sends; only the real one proves something.
      return !verdict.ok || candidates[verdict.secretIndex] !== secret;
    });
    expect(await fc.check(property, { numRuns: 300 })).toMatchObject({ failed: false });
  });
}

const value = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('sha256=', 'v1,', 'v0=', 't=1,v1=', 'ts=1;h1=', 'Basic ', 'Bearer ', '=', ',', ';', '1793722805'),
  fc.stringMatching(/^[0-9a-fA-F=,;v1ts ]{0,140}$/),
);
const fields = fc.oneof(value, fc.array(value, { maxLength: 3 }));
