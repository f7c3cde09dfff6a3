import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '../../src/catalogue/identify.ts';
import { parsePayload } from '../../src/catalogue/payload.ts';
import type { Provider, ProviderGuide, Sample } from '../../src/catalogue/provider.ts';
import { coversBody } from '../../src/signature/coverage.ts';
import { generateSecret } from '../../src/signature/generate-secret.ts';
import type { SignedRequest } from '../../src/signature/types.ts';
import { verify } from '../../src/signature/verify.ts';
import { refusesJunk } from './junk.ts';
import { bodyFlips, headerFlips } from './flips.ts';
import { arrival, bodyWith, canSign, genuine, readsForm, subjectsOf, verdictOn, type Subject } from './subject.ts';

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
  for (const subject of subjectsOf(provider, samples)) {
    describe(`${subject.name}: signature`, () => {
      refusesJunk(subject);
      if (!canSign(subject)) return;
      takesGenuine(subject);
      refusesTampering(subject);
      refusesHeaders(subject);
      refusesTime(subject);
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
  const { samples } = subject;
  it('verifies what it signs: every sample', async () => {
    const signed = samples.length > 40 ? samples.filter((_, index) => index % 10 === 0) : samples;
    for (const sample of signed) {
      if (subject.sample.headers['content-type'] !== sample.headers['content-type']) continue;
      const request = await genuine({ ...subject, sample });
      expect(await verdictOn(subject, request)).toEqual({ ok: true, secretIndex: 0 });
    }
  });

  // A provider's own library may not read every body: bytes where it takes a string.
  const fates = subject.scheme.scheme === 'code' ? ['verified', 'not signed, and refused'] : ['verified'];

  it.each(Object.entries(hostileBodies))('verifies a body with %s', async (_, hostile) => {
    expect(fates).toContain(await roundTrip(subject, bodyWith(subject, hostile)));
  });

  it('verifies any body', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) =>
      fates.includes(await roundTrip(subject, bodyWith(subject, bytes))),
    );
    expect(await fc.check(property, { numRuns: 50 })).toMatchObject({ failed: false });
  });

  it('finds headers whatever the case of their names', async () => {
    const request = await genuine(subject);
    const upper = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await verdictOn(subject, { ...request, headers: upper })).toEqual({ ok: true, secretIndex: 0 });
  });
}

async function roundTrip(subject: Subject, body: Uint8Array): Promise<string> {
  const request = await genuine(subject, body).catch(() => undefined);
  const verdict = await verdictOn(subject, request ?? { ...(await genuine(subject)), body });
  if (verdict.ok) return request ? 'verified' : 'not signed, and taken';
  return request ? 'signed, and refused' : 'not signed, and refused';
}

function refusesTampering(subject: Subject): void {
  it.runIf(coversBody(subject.scheme) || readsForm(subject.scheme))(
    'refuses every flipped bit of the body',
    async () => {
      const request = await genuine(subject);
      const payload = payloadOf(subject, request);
      const taken: string[] = [];
      for (const { what, request: flipped } of bodyFlips(request)) {
        const verdict = await verdictOn(subject, flipped);
        // A form says the same in more than one spelling: %C3 and %c3.
        if (verdict.ok && !(readsForm(subject.scheme) && payloadOf(subject, flipped) === payload)) taken.push(what);
      }
      expect(taken).toEqual([]);
    },
  );

  it('refuses every flipped bit of the signature, the timestamp and the signed headers', async () => {
    const request = await genuine(subject);
    const taken: string[] = [];
    for (const name of request.added)
      for (const { what, value, request: flipped } of headerFlips(request, name)) {
        const verdict = await verdictOn(subject, flipped);
        // Hex and the word "Basic" are the same in either case.
        if (verdict.ok && value.toLowerCase() !== request.headers[name]?.toLowerCase()) taken.push(what);
      }
    expect(taken).toEqual([]);
  });

  it('refuses a signature that was made for another body', async () => {
    if (!coversBody(subject.scheme)) return;
    const one = await genuine(subject);
    const body = Buffer.concat([one.body, Buffer.from(' ')]);
    expect(await verdictOn(subject, { ...one, body })).toMatchObject({ ok: false });
  });
}

function refusesHeaders(subject: Subject): void {
  const forms: Readonly<Record<string, (value: string) => string | string[]>> = {
    'that is empty': () => '',
    'of white space': () => '   ',
    'that is doubled with another value': (value) => [value, `${value}0`],
    'that is doubled with an empty value': (value) => ['', value],
    'of 20,000 characters': (value) => value + 'a'.repeat(20_000),
    'with a character that is not ASCII': (value) => `${value.slice(0, -1)}é`,
    'with garbage after it': (value) => `${value}zz`,
    'with a line feed after it': (value) => `${value}\n`,
    'with NUL after it': (value) => `${value}\0`,
    'that is cut short': (value) => value.slice(0, -1),
    'that is cut to its first character': (value) => value.slice(0, 1),
  };

  it('refuses a request without one of the headers that signing adds', async () => {
    const request = await genuine(subject);
    for (const name of request.added) {
      const { [name]: _, ...headers } = request.headers;
      const verdict = await verdictOn(subject, { ...request, headers });
      expect(verdict).toMatchObject({ ok: false, reason: expect.stringMatching(/^missing_/) as string });
    }
  });

  it.each(Object.entries(forms))('refuses a header %s', async (_, spoil) => {
    const request = await genuine(subject);
    for (const name of request.added) {
      const headers = { ...request.headers, [name]: spoil(request.headers[name] ?? '') };
      expect(await verdictOn(subject, { ...request, headers })).toMatchObject({ ok: false });
    }
  });

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

function refusesTime(subject: Subject): void {
  const { scheme } = subject;
  const location = 'timestamp' in scheme ? scheme.timestamp : undefined;
  it.runIf(location !== undefined)('refuses what is stale or lies in the future, against the arrival', async () => {
    const request = await genuine(subject);
    const options = { toleranceSeconds: location?.toleranceSeconds ?? 300 };
    const at = (seconds: number) =>
      verify(scheme, { ...request, receivedAt: arrival + seconds * 1000 }, [subject.secret], options);
    for (const seconds of [-options.toleranceSeconds + 1, options.toleranceSeconds - 1])
      expect(await at(seconds)).toEqual({ ok: true, secretIndex: 0 });
    for (const seconds of [
      options.toleranceSeconds + 2,
      -options.toleranceSeconds - 2,
      31_536_000,
      -31_536_000,
      Number.NaN,
    ])
      expect(await at(seconds)).toMatchObject({ ok: false, reason: 'stale_timestamp' });
  });
}

function refusesSecrets(subject: Subject): void {
  const other = generateSecret(subject.scheme).secret;

  it('refuses a wrong secret, and says which of several matched', async () => {
    const request = await genuine(subject);
    expect(await verdictOn(subject, request, [other])).toMatchObject({ ok: false, reason: 'signature_mismatch' });
    expect(await verdictOn(subject, request, [other, subject.secret])).toEqual({ ok: true, secretIndex: 1 });
    const third = generateSecret(subject.scheme).secret;
    expect(await verdictOn(subject, request, [other, third, subject.secret])).toEqual({ ok: true, secretIndex: 2 });
  });

  it('never takes a request while the secret is absent, empty or white space', async () => {
    const request = await genuine(subject);
    for (const secrets of [[], [''], [' '], ['\n'], ['', ' \t']])
      expect(await verdictOn(subject, request, secrets)).toMatchObject({ ok: false, reason: 'unusable_secret' });
    expect(await verdictOn(subject, request, ['', other])).toMatchObject({ ok: false, reason: 'unusable_secret' });
    expect(await verdictOn(subject, request, ['', subject.secret])).toEqual({ ok: true, secretIndex: 1 });
  });

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

function payloadOf({ provider }: Subject, { headers, body }: SignedRequest): string {
  try {
    return JSON.stringify(parsePayload(provider, { headers, body }));
  } catch {
    return 'unreadable';
  }
}
