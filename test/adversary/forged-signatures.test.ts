import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import { canSign, genuine, type Subject, subjectsOf, verdictOn } from '../../src/catalogue/contract/subject.ts';
import { schemesOf } from '../../src/catalogue/scheme-of.ts';
import { bytesOf } from '../../src/signature/text.ts';
import type { SignedRequest } from '../../src/signature/types.ts';
import { extended, extensionWorks } from './length-extension.ts';

/**
 * Somebody who knows everything but the secret: all definitions, the public URL, genuine requests of every source with
 * their signatures, and how to compute. What they send to a source is never taken.
 */
const subjects = (
  await Promise.all(
    catalogue.ids().map(async (id) => subjectsOf(catalogue.get(id)!, (await (await loadGuide(id))?.samples()) ?? [])),
  )
)
  .flat()
  .filter(canSign);
const captured = new Map(await Promise.all(subjects.map(async (each) => [each, await genuine(each)] as const)));

/** The genuine request of `subject` with a signature of another's in the place and the form of its own. */
function dressed(subject: Subject, name: string, value: string): SignedRequest {
  const own = captured.get(subject)!;
  return { ...own, headers: { ...own.headers, [name]: value } };
}

/** Where the own signature stands, each with what comes before and after the value itself. */
function placesOf(subject: Subject): { name: string; wrap: (value: string) => string; own: string }[] {
  const { headers, added } = captured.get(subject)!;
  return added.map((name) => {
    const own = headers[name] ?? '';
    // The longest run of hexadecimal or base64 in it.
    const core = [...own.matchAll(/[A-Za-z0-9+/_=-]{16,}/g)]
      .map(([run]) => run)
      .toSorted((a, b) => b.length - a.length)[0];
    const wrap = (value: string) => (core === undefined ? value : own.replace(core, () => value));
    return { name, wrap, own };
  });
}

function inEveryEncoding(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  return [buffer.toString('hex'), buffer.toString('base64'), buffer.toString('base64url')];
}

/** How many are taken, not counting the subject's own request: a part of another's, such as its time, may be the same. */
async function takenOf(all: readonly SignedRequest[], subject: Subject): Promise<number> {
  const own = captured.get(subject)!;
  const requests = all.filter(
    ({ headers, body }) =>
      own.added.some((name) => headers[name] !== own.headers[name]) || Buffer.compare(bytesOf(body), own.body) !== 0,
  );
  const verdicts = await Promise.all(requests.map((request) => verdictOn(subject, request)));
  return verdicts.filter(({ ok }) => ok).length;
}

it('is about every provider that signs, with a length extension that works where it can', () => {
  expect(extensionWorks()).toBe(true);
  expect(subjects.length).toBeGreaterThan(40);
});

describe.each(subjects.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
  const { body } = captured.get(subject)!;
  const places = placesOf(subject);

  it('takes no request that is genuine for another source, as it is or dressed up as its own', async () => {
    const attempts = subjects.flatMap((other) => {
      if (other === subject) return [];
      const foreign = captured.get(other)!;
      const values = foreign.added.map((name) => foreign.headers[name] ?? '');
      return [
        foreign,
        // Their signature with their body under our headers.
        ...places.flatMap(({ name, wrap }) =>
          values.flatMap((value) => [
            { ...foreign, headers: { ...foreign.headers, [name]: value } },
            { ...foreign, headers: { ...foreign.headers, ...captured.get(subject)!.headers, [name]: wrap(value) } },
            dressed(subject, name, value),
          ]),
        ),
      ];
    });
    expect(attempts.length).toBeGreaterThanOrEqual(subjects.length - 1);
    expect(await takenOf(attempts, subject)).toBe(0);
  });

  it('takes no signature by a key that anyone can guess, in any algorithm and encoding', async () => {
    const url = 'https://hooks.example.com/source';
    const guesses = ['', 'undefined', 'null', '[object Object]', 'secret', 'changeme', subject.provider.id, url, body];
    const digests = guesses.flatMap((key) =>
      ['sha1', 'sha256', 'sha512', 'md5'].flatMap((hash) => [
        createHmac(hash, key).update(body).digest(),
        createHash(hash).update(key).update(body).digest(),
        createHash(hash).update(body).update(key).digest(),
      ]),
    );
    const attempts = places.flatMap(({ name, wrap }) =>
      digests
        .flatMap(inEveryEncoding)
        .flatMap((value) => [dressed(subject, name, value), dressed(subject, name, wrap(value))]),
    );
    expect(await takenOf(attempts, subject)).toBe(0);
  });

  it('takes no tag that was computed on from a genuine one', async () => {
    const attempts = places.flatMap(({ name, own, wrap }) => {
      const tag =
        /[0-9a-f]{64}/i.exec(own)?.[0] ??
        Buffer.from(/[A-Za-z0-9+/]{43}=/.exec(own)?.[0] ?? '', 'base64').toString('hex');
      if (tag.length !== 64) return [];
      // As if it were SHA-256 of the secret before the body, for each likely length of the secret.
      return [0, 16, 20, 32, 40, 64].flatMap((secretBytes) => {
        const forged = extended(Buffer.from(tag, 'hex'), secretBytes, body, Buffer.from(',"admin":true}'));
        return inEveryEncoding(forged.tag).flatMap((value) => [
          { ...dressed(subject, name, value), body: forged.body },
          { ...dressed(subject, name, wrap(value)), body: forged.body },
        ]);
      });
    });
    expect(await takenOf(attempts, subject)).toBe(0);
  });

  it('takes none of the signatures that a lenient verifier takes for true', async () => {
    const words = [
      'true',
      '1',
      'none',
      'null',
      'undefined',
      'sha256=',
      '*',
      '{}',
      '[]',
      "' OR '1'='1",
      '\u0000',
      '0'.repeat(64),
    ];
    const zeros = [20, 32, 64, 72].flatMap((length) => inEveryEncoding(Buffer.alloc(length)));
    const many = places.flatMap(({ name, own }) => [
      dressed(subject, name, Array.from({ length: 500 }, () => 'v1,AAAA').join(' ')),
      dressed(subject, name, `${own.slice(0, -1)}${own.endsWith('0') ? '1' : '0'}`),
    ]);
    const attempts = [
      ...places.flatMap(({ name, wrap }) =>
        [...words, ...zeros].flatMap((value) => [dressed(subject, name, value), dressed(subject, name, wrap(value))]),
      ),
      ...many,
    ];
    expect(await takenOf(attempts, subject)).toBe(0);
  });
});

describe('a source that verifies with one of several ways', () => {
  const several = subjects.filter(({ provider }) => Object.keys(schemesOf(provider)).length > 1);

  it('takes no request that is signed in another of them, though the secret be the same', async () => {
    expect(several.length).toBeGreaterThan(3);
    for (const subject of several)
      for (const other of several) {
        if (other.provider !== subject.provider || other === subject) continue;
        // A key of one form may be none of the other: then there is nothing to try.
        const request = await genuine(other, undefined, subject.signingSecret).catch(() => undefined);
        if (!request) continue;
        const verdict = await verdictOn(subject, request);
        expect({ subject: subject.name, signedAs: other.name, ok: verdict.ok }).toMatchObject({ ok: false });
      }
  });
});

describe('a public key', () => {
  const keyed = subjects.filter(({ scheme }) => scheme.scheme === 'publicKey');

  it('is no secret to sign with: neither as an HMAC key nor for a signature of another algorithm', async () => {
    expect(keyed.length).toBeGreaterThan(0);
    for (const subject of keyed) {
      const { body } = captured.get(subject)!;
      const content = [body, Buffer.concat([Buffer.from(`${captured.get(subject)!.receivedAt / 1000}`), body])];
      const own = [
        generateKeyPairSync('ed25519'),
        generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
        generateKeyPairSync('rsa', { modulusLength: 2048 }),
      ];
      const withOwnKeys = content.flatMap((message) =>
        own.map(({ privateKey }) =>
          sign(privateKey.asymmetricKeyType === 'ed25519' ? undefined : 'sha256', message, privateKey),
        ),
      );
      const asHmacKey = content.flatMap((message) =>
        ['sha1', 'sha256', 'sha512'].map((hash) => createHmac(hash, subject.secret).update(message).digest()),
      );
      const signatures = [...withOwnKeys, ...asHmacKey];
      const attempts = placesOf(subject).flatMap(({ name, wrap }) =>
        signatures
          .flatMap(inEveryEncoding)
          .flatMap((value) => [dressed(subject, name, value), dressed(subject, name, wrap(value))]),
      );
      expect(await takenOf(attempts, subject)).toBe(0);
    }
  });
});
