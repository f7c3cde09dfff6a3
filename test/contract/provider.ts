import { describe, expect, it } from 'vitest';
import { identify } from '../../src/catalogue/identify.ts';
import { parsePayload } from '../../src/catalogue/payload.ts';
import type { Provider, ProviderGuide, Sample } from '../../src/catalogue/provider.ts';
import { generateSecret } from '../../src/signature/generate-secret.ts';
import { fatesOf, propertiesOf, roundTrip } from './properties.ts';
import { checks } from '../../src/catalogue/contract/checks.ts';
import { checkVector } from '../../src/catalogue/contract/vectors.ts';
import {
  arrival,
  bodyWith,
  canSign,
  context,
  genuine,
  subjectsOf,
  verdictOn,
  type Subject,
} from '../../src/catalogue/contract/subject.ts';

/** Everything that holds for every provider; a provider needs no line here of its own. */
export async function providerContract(
  provider: Provider,
  guide: ProviderGuide,
  samples: readonly Sample[],
): Promise<void> {
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
  it.runIf('vectors' in guide)(`${provider.id}: verifies and refuses as its vectors say`, async () => {
    const vectors = (await guide.vectors?.()) ?? [];
    expect(vectors.length).toBeGreaterThan(0);
    for (const vector of vectors)
      expect([vector.origin, await checkVector(provider, vector)]).toEqual([vector.origin, []]);
  });
  for (const subject of subjectsOf(provider, samples)) {
    const properties = Object.entries(await propertiesOf(subject));
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
      takesGenuine(subject);
      respellsHeaders(subject);
      refusesSecrets(subject);
    });
  }
}

const text = (value: string) => Buffer.from(value, 'utf8');

/** Bodies that verifiers stumble over. */
const hostileBodies: Readonly<Record<string, Uint8Array>> = {
  'patterns of String.replace': text(`{"a":"$& $$ $1 $\` $' %s {body}"}`),
  'a byte order mark': text('\uFEFF{"a":1}'),
  'CRLF and blanks': text('\r\n{ "a" : 1 }\r\n\r\n'),
  NUL: text('{"a":"\0"}'),
  'astral and escaped characters': text(String.raw`{"a":"👋 \ud83d\udc4b \u00e9 é"}`),
  'half of a surrogate pair, escaped': text(String.raw`{"a":"\ud83d"}`),
  'no JSON': text('hello'),
  'invalid UTF-8': Uint8Array.from([0x7b, 0xff, 0xfe, 0xc0, 0x80, 0x7d]),
  'every byte': Uint8Array.from({ length: 256 }, (_, index) => index),
  'an empty body': new Uint8Array(),
  '10,000 brackets': text('['.repeat(10_000)),
  '1 MiB': Buffer.alloc(1024 * 1024, 'x'),
};

function takesGenuine(subject: Subject): void {
  const fates = fatesOf(subject);

  it.each(Object.entries(hostileBodies))('verifies a body with %s', async (_, hostile) => {
    expect(fates).toContain(await roundTrip(subject, bodyWith(subject, hostile)));
  });

  it('finds headers whatever the case of their names', async () => {
    const request = await genuine(subject);
    const upper = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await verdictOn(subject, { ...request, headers: upper })).toEqual({ ok: true, secretIndex: 0 });
  });
}

function respellsHeaders(subject: Subject): void {
  it('takes a header that is doubled with the same value, once', async () => {
    const request = await genuine(subject);
    const doubled = request.added.map((name) => [name, [request.headers[name] ?? '', request.headers[name] ?? '']]);
    const headers = { ...request.headers, ...(Object.fromEntries(doubled) as Record<string, string[]>) };
    expect(await verdictOn(subject, { ...request, headers })).toEqual({ ok: true, secretIndex: 0 });
  });

  const { signature } = 'signature' in subject.scheme ? subject.scheme : {};
  const name = signature?.header ?? signature?.headers?.[0] ?? '';
  const respelled = async (spell: (value: string) => string) => {
    const request = await genuine(subject);
    return verdictOn(subject, {
      ...request,
      headers: { ...request.headers, [name]: spell(request.headers[name] ?? '') },
    });
  };

  it.runIf(name !== '' && signature?.encoding === 'hex')('takes hex in upper case', async () => {
    const verdict = await respelled((value) => value.replace(/[0-9a-f]{40,}$/, (hex) => hex.toUpperCase()));
    expect(verdict).toEqual({ ok: true, secretIndex: 0 });
  });

  it.runIf(name !== '' && signature?.encoding === 'base64')(
    'refuses base64 in another alphabet or length',
    async () => {
      expect(await respelled((value) => `${value}=`)).toMatchObject({ ok: false });
      expect(await respelled((value) => `${value.slice(0, -3)}-_=`)).toMatchObject({ ok: false });
    },
  );
}

function refusesSecrets(subject: Subject): void {
  const other = generateSecret(subject.scheme).secret;

  it('does not trim a secret that was copied with a line feed', async () => {
    const { scheme } = subject;
    const form = scheme.scheme === 'code' ? scheme.secretLike : scheme;
    if (form?.scheme === 'publicKey' && form.key === 'pem') return;
    const verdict = await verdictOn(subject, await genuine(subject), [`${subject.secret}\n`]);
    expect(verdict).toMatchObject({ ok: false, reason: 'unusable_secret' });
  });

  it('tells nothing of the secret and the signature', async () => {
    const request = await genuine(subject);
    const verdict = JSON.stringify(await verdictOn(subject, request, [other]));
    for (const hidden of [other, ...request.added.map((name) => request.headers[name] ?? '')])
      expect(verdict).not.toContain(hidden);
  });
}
