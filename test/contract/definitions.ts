import fc from 'fast-check';
import { genericSample } from '../../src/catalogue/generic-sample.ts';
import type { DataProvider } from '../../src/catalogue/provider.ts';
import { providerProblems } from '../../src/catalogue/provider-problems.ts';
import { subjectsOf } from '../../src/catalogue/contract/subject.ts';
import type {
  DataScheme,
  HmacScheme,
  MessagePart,
  PublicKeyScheme,
  SignatureLocation,
  TimestampLocation,
} from '../../src/signature/scheme.ts';
import { type Property, propertiesOf } from './properties.ts';

// Definitions as anybody may write them in YAML: each field of the schema, in combinations that no provider has.

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

/** Without the keys that hold nothing: the schema takes no `undefined`. */
function without<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value;
}

const place = fc.constantFrom<Pick<SignatureLocation, 'header' | 'headers' | 'json'>>(
  { header: 'x-signature' },
  { header: 'x-signature' },
  { headers: ['x-signature-1', 'x-signature-2'] },
  { json: 'meta.signature' },
);

const signature: fc.Arbitrary<SignatureLocation> = fc
  .record({
    place,
    prefix: maybe(fc.constantFrom('sha256=', 'v0=', '$&', 'é')),
    pairs: maybe(
      fc.record({ separator: fc.constantFrom(',' as const, ';' as const), key: fc.constantFrom('v1', 's') }),
    ),
    listLabel: maybe(fc.constantFrom('v1,', 'a')),
    encoding: fc.constantFrom('hex' as const, 'base64' as const, 'base64url' as const),
  })
  .map(({ place: at, ...rest }) => without({ ...at, ...rest }) as SignatureLocation);

const timestamp: fc.Arbitrary<TimestampLocation> = fc.record({
  from: fc.constantFrom({ header: 'x-time' }, { pair: 't' }, { json: 'meta.sent' }),
  unit: fc.constantFrom('seconds', 'milliseconds', 'iso8601'),
  toleranceSeconds: fc.constantFrom(300, 1, 0.5, null),
});

const literal = fc.constantFrom('.', ':', '|', 'v0:', '\n', '$&', '', 'é👋');

const part: fc.Arbitrary<MessagePart> = fc.oneof(
  literal,
  fc.constant<MessagePart>({ part: 'body' }),
  fc.constant<MessagePart>({ part: 'timestamp' }),
  fc.constantFrom<MessagePart>(
    { part: 'header', name: 'x-id' },
    { part: 'query', name: 'event_id' },
    { part: 'json', path: 'id' },
    { part: 'json', path: 'meta.absent', optional: true },
    { part: 'url' },
    { part: 'url', unescape: '/:' },
    { part: 'method' },
    { part: 'sortedForm' },
  ),
);

const keyed = { signature, timestamp: maybe(timestamp), message: fc.array(part, { minLength: 1, maxLength: 6 }) };

const hmac = fc
  .record({
    scheme: fc.constant('hmac' as const),
    hash: fc.constantFrom('sha1' as const, 'sha256' as const, 'sha512' as const),
    key: fc.constantFrom('utf8' as const, 'hex' as const, 'base64' as const, 'whsec' as const),
    ...keyed,
  })
  .map((scheme) => without(scheme) as HmacScheme);

const publicKey = fc
  .record({
    scheme: fc.constant('publicKey' as const),
    // Not RSA, whose keys take long to make; it differs in nothing but node:crypto.
    algorithm: fc.constantFrom('ed25519' as const, 'ecdsa-p256-sha256' as const),
    key: fc.constantFrom('hex32' as const, 'whpk' as const, 'spki-base64' as const, 'pem' as const),
    ...keyed,
  })
  .map((scheme) => without(scheme) as PublicKeyScheme);

const token = fc
  .record({
    scheme: fc.constant('token' as const),
    at: fc.constantFrom({ header: 'x-signature' }, { query: 'token' }),
    prefix: maybe(fc.constantFrom('Bearer ', 'token=', 'v1.')),
  })
  .map((scheme) => without(scheme) as DataScheme);

const scheme: fc.Arbitrary<DataScheme> = fc.oneof(
  { weight: 6, arbitrary: hmac },
  { weight: 2, arbitrary: publicKey },
  token,
  fc.constant({ scheme: 'basic' as const }),
);

const locator = fc.constantFrom<DataProvider['eventType'][number]>(
  { header: 'x-id' },
  { query: 'event_id' },
  { query: 'Kind' },
  { json: 'id' },
  { json: 'meta.type' },
  { jsonKey: ['created', 'deleted'] },
  { jsonAll: ['id', 'meta.type'] },
  { form: 'kind' },
  { formJson: ['payload', 'kind'] },
);

/** What `providers:` may declare, sound or not. */
export const definitions: fc.Arbitrary<DataProvider> = fc
  .record({
    id: fc.constant('acme'),
    name: fc.constant('Acme'),
    verify: fc.oneof(
      { weight: 4, arbitrary: scheme },
      fc.record({ alternatives: fc.record({ one: scheme, two: scheme }) }),
    ),
    headers: fc.constant(
      Object.fromEntries(
        ['content-type', 'x-signature', 'x-signature-1', 'x-signature-2', 'x-time', 'x-id', 'authorization'].map(
          (name) => [name, 'always' as const],
        ),
      ),
    ),
    query: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constant<NonNullable<DataProvider['query']>>({
          token: 'always',
          event_id: 'always',
          Kind: 'always',
        }),
      },
      fc.constantFrom<DataProvider['query']>({ token: 'always', Kind: 'sometimes' }, undefined),
    ),
    eventType: fc.array(locator, { minLength: 1, maxLength: 3 }),
    deliveryId: fc.oneof(
      fc.constant('hash' as const),
      fc.record({ at: fc.array(locator, { minLength: 1, maxLength: 2 }), signed: fc.boolean() }),
    ),
    occurredAt: maybe(
      fc.array(fc.record({ at: locator, unit: fc.constantFrom('seconds' as const, 'iso8601' as const) }), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    items: maybe(
      fc.constantFrom<NonNullable<DataProvider['items']>>(
        { path: 'events', type: 'kind', id: 'id' },
        { path: 'meta.list', occurredAt: { path: 'at', unit: 'seconds' } },
      ),
    ),
    formPayload: maybe(fc.constant('payload')),
    retry: fc.constant({ text: 'never', horizonSeconds: 0 }),
  })
  .map((definition) => without(definition) as DataProvider);

/** Tries every property on every scheme of definitions that nobody wrote. */
export const definitionsHold: Property = (options) => fc.check(fc.asyncProperty(definitions, fc.nat(), holds), options);

async function holds(definition: DataProvider, seed: number): Promise<boolean> {
  if (providerProblems(definition).length > 0) return true;
  for (const subject of subjectsOf(definition, [genericSample(definition)]))
    for (const [name, property] of Object.entries(propertiesOf(subject))) {
      const { failed, counterexample, errorInstance } = await property({ numRuns: 3, seed });
      if (failed)
        throw new Error(`it does not hold that it ${name}: ${fc.stringify(counterexample)}`, { cause: errorInstance });
    }
  return true;
}
