import fc from 'fast-check';
import { isFate, roundTrip } from '../../src/catalogue/contract/checks/bodies.ts';
import {
  arrival,
  bodyWith,
  canSign,
  context,
  genuine,
  type Subject,
  verdictOn,
} from '../../src/catalogue/contract/subject.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { coversBody } from '../../src/signature/coverage.ts';
import type { Scheme } from '../../src/signature/scheme.ts';
import { secretProblem } from '../../src/signature/secret.ts';
import { verify } from '../../src/signature/verify.ts';

/** Tries something that holds for every input; false, or an exception, is a fault. */
export type Property = (options: { numRuns: number; seed?: number }) => Promise<Tried>;

export interface Tried {
  failed: boolean;
  numRuns: number;
  /** The smallest input that was found to break it. */
  counterexample: unknown;
  errorInstance: unknown;
}

/** What holds for a scheme, by name: the contract tries each a few times, `npm run fuzz` for as long as asked. */
export function propertiesOf(subject: Subject): Record<string, Property> {
  const properties: Record<string, Property> = {
    'never throws, and takes no junk': trying(takesNoJunk(subject)),
    'finds out what junk is about without throwing': trying(identifiesJunk(subject)),
  };
  if (!canSign(subject)) return properties;
  properties['verifies any body that it signs'] = trying(verifiesWhatItSigns(subject));
  if (coversBody(subject.scheme))
    properties['refuses a genuine request with another body'] = trying(refusesOtherBody(subject));
  properties['refuses a genuine request with another character in what signing added'] = trying(
    refusesOtherValue(subject),
  );
  if (!isPublicKey(subject.scheme))
    properties['verifies with any secret that it takes'] = trying(takesSecrets(subject));
  return properties;
}

function trying<Input>(property: fc.IAsyncProperty<Input>): Property {
  return (options) => fc.check(property, options);
}

const value = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('sha256=', 'v1,', 'v0=', 't=1,v1=', 'ts=1;h1=', 'Basic ', 'Bearer ', '=', ',', ';', '1793722805'),
  fc.stringMatching(/^[0-9a-fA-F=,;v1ts ]{0,140}$/),
);

/** A request made of junk, under the names of headers that matter. */
function junk({ provider, sample }: Subject) {
  // What a certificate is fetched from is not followed here: no network in tests.
  const names = Object.keys(provider.headers).filter((name) => !name.endsWith('cert-url'));
  return {
    headers: fc.dictionary(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom('', '__proto__', ...names, ...names.map((name) => name.toUpperCase())),
        },
        fc.string({ maxLength: 30 }),
      ),
      fc.oneof(value, fc.array(value, { maxLength: 3 })),
      { maxKeys: 8 },
    ),
    query: fc.dictionary(
      fc.oneof(
        fc.constantFrom('__proto__', 'token', ...Object.keys(provider.query ?? {})),
        fc.string({ maxLength: 30 }),
      ),
      value,
      { maxKeys: 4 },
    ),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.constant(Buffer.from(sample.body)),
    ),
  };
}

function takesNoJunk(subject: Subject) {
  const { scheme, secret } = subject;
  const receivedAt = fc.oneof(fc.constant(arrival), fc.double());
  const requests = fc.record({ ...junk(subject), receivedAt });
  return fc.asyncProperty(requests, fc.array(value, { maxLength: 2 }), async (given, others) => {
    const request = { ...context, ...given };
    const candidates = [...others, secret];
    const verdict = await verify(scheme, request, candidates);
    // A secret made of junk may be the very token that junk sends; only the real one proves something.
    return !verdict.ok || candidates[verdict.secretIndex] !== secret;
  });
}

function identifiesJunk(subject: Subject) {
  return fc.asyncProperty(fc.record(junk(subject)), async (request) => {
    const identity = identify(subject.provider, request);
    return identity.deliveryId !== '' && identity.deliveryId.length <= 512;
  });
}

function verifiesWhatItSigns(subject: Subject) {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
  );
  return fc.asyncProperty(body, async (bytes) => {
    const hostile = bodyWith(subject, bytes);
    return isFate(subject, hostile, await roundTrip(subject, hostile));
  });
}

function refusesOtherBody(subject: Subject) {
  return fc.asyncProperty(fc.nat(), fc.uint8Array({ maxLength: 4 }), fc.nat(4), async (position, put, removed) => {
    const request = await genuine(subject);
    const at = position % (request.body.length + 1);
    const body = Buffer.concat([request.body.subarray(0, at), put, request.body.subarray(at + removed)]);
    if (body.equals(request.body)) return true;
    return !(await verdictOn(subject, { ...request, body })).ok;
  });
}

function refusesOtherValue(subject: Subject) {
  const character = fc.string({ unit: 'binary', minLength: 0, maxLength: 1 });
  return fc.asyncProperty(fc.nat(), fc.nat(), character, async (which, position, put) => {
    const { values } = await genuine(subject);
    const value = values[which % values.length];
    if (!value) return true;
    const at = position % value.value.length;
    const changed = value.value.slice(0, at) + put + value.value.slice(at + 1);
    // Hex and the word "Basic" are the same in either case.
    if (changed.toLowerCase() === value.value.toLowerCase()) return true;
    return !(await verdictOn(subject, value.put(changed))).ok;
  });
}

function isPublicKey(scheme: Scheme): boolean {
  return scheme.scheme === 'publicKey' || (scheme.scheme === 'code' && scheme.secretLike?.scheme === 'publicKey');
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((each) => Buffer.from(each));

/** Whatever somebody may paste for a secret. */
const secrets = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  bytes.map((each) => each.toString('hex')),
  bytes.map((each) => each.toString('hex').toUpperCase()),
  bytes.map((each) => each.toString('base64')),
  bytes.map((each) => each.toString('base64url')),
  bytes.map((each) => `whsec_${each.toString('base64')}`),
  fc.tuple(fc.string(), fc.string()).map((both) => both.join(':')),
  fc.string().map((each) => ` ${each}\n`),
);

/** One that it takes signs and verifies, and not beside another; one that it does not take verifies nothing. */
function takesSecrets(subject: Subject) {
  return fc.asyncProperty(secrets, async (secret) => {
    if (secretProblem(subject.scheme, secret) !== undefined) {
      const verdict = await verdictOn(subject, await genuine(subject), [secret]);
      return !verdict.ok && verdict.reason === 'unusable_secret';
    }
    const request = await genuine(subject, undefined, secret);
    const [own, other] = [await verdictOn(subject, request, [secret]), await verdictOn(subject, request)];
    return own.ok && !other.ok;
  });
}
