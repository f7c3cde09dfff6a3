import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import type { DataProvider } from '../../src/catalogue/provider.ts';
import { providerFileFindings } from '../../src/config/schema-findings.ts';
import { schemesOf } from '../../src/catalogue/scheme-of.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { parseConfig } from '../../src/config/load.ts';
import { providerSchema, type RawProvider } from '../../src/config/provider-schema.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { secretProblem } from '../../src/signature/secret.ts';
import { ownSourcesYaml } from '../fixtures/own-providers.ts';

const root = mkdtempSync(path.join(tmpdir(), 'hookport-own-'));
afterAll(() => rmSync(root, { recursive: true }));
writeFileSync(path.join(root, 'handler.ts'), '');
writeFileSync(path.join(root, 'body.bin'), Buffer.from([0xff, 0, 0x7b]));

const lines: Record<string, string> = {
  verify:
    'verify: { scheme: hmac, hash: sha256, key: utf8, signature: { header: acme-signature, encoding: hex }, message: [{ part: body }] }',
  headers: 'headers: { acme-signature: always, acme-event: always }',
  eventType: 'eventType: [{ header: acme-event }]',
  deliveryId: 'deliveryId: { at: [{ json: id }], signed: true }',
  retry: 'retry: { text: for a day, horizonSeconds: 86400 }',
};

/** A configuration whose provider `acme` begins at line 4, one field a line, with some of them changed or added. */
function withFields(changes: Record<string, string> = {}, id = 'acme'): string {
  const fields = Object.entries({ ...lines, ...changes }).map(([, text]) => `    ${text}\n`);
  return `name: n\nproviders:\n  ${id}:\n${fields.join('')}sources:\n  one: { provider: ${id} }\n`;
}

const load = (text: string) => parseConfig('w.yaml', text, { catalogue, root });

function issuesOf(text: string): string[] {
  const loaded = load(text);
  return loaded.ok ? [] : loaded.issues.map(formatIssue);
}

function loadedProvider(text: string) {
  const loaded = load(text);
  if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
  return loaded.config.providers[0]!;
}

test('a provider in the YAML is a definition like one in providers/, with its id for a name', () => {
  expect(loadedProvider(withFields()).definition).toEqual({
    id: 'acme',
    name: 'acme',
    verify: {
      scheme: 'hmac',
      hash: 'sha256',
      key: 'utf8',
      signature: { header: 'acme-signature', encoding: 'hex' },
      message: [{ part: 'body' }],
    },
    headers: { 'acme-signature': 'always', 'acme-event': 'always' },
    eventType: [{ header: 'acme-event' }],
    deliveryId: { at: [{ json: 'id' }], signed: true },
    retry: { text: 'for a day', horizonSeconds: 86_400 },
  });
});

describe('each mistake says where it stands and what to do', () => {
  test.each<[string, Record<string, string>, string]>([
    ['an unknown field', { x: 'evntType: []' }, 'w.yaml:9:5: unknown key "evntType"; did you mean "eventType"?'],
    ['a missing field', { retry: 'name: Acme' }, 'w.yaml:3:3: "acme" needs the key "retry"'],
    [
      'an unknown scheme',
      { verify: 'verify: { scheme: hmca }' },
      'w.yaml:4:23: "scheme" must be one of hmac, publicKey, token, basic, none, not "hmca"; did you mean "hmac"?',
    ],
    [
      'code',
      { verify: 'verify: { scheme: code }' },
      'w.yaml:4:23: "scheme" can be code only in a file in providers/; in YAML it is one of hmac, publicKey, token, basic, none',
    ],
    [
      'no scheme',
      { verify: 'verify: { header: acme-signature }' },
      'w.yaml:4:5: "verify" must be how it signs: scheme: hmac, publicKey, token, basic or none; or alternatives, of which a source chooses with `verify`',
    ],
    [
      'a hash that is none',
      {
        verify:
          'verify: { scheme: hmac, hash: sha-256, key: utf8, signature: { header: acme-signature, encoding: hex }, message: [{ part: body }] }',
      },
      'w.yaml:4:35: "hash" must be one of sha1, sha256, sha512, not "sha-256"',
    ],
    [
      'a separator that is none, beside the comma that is one',
      {
        verify:
          'verify: { scheme: hmac, hash: sha256, key: utf8, signature: { header: s, pairs: { separator: "&", key: k }, encoding: hex }, message: [{ part: body }] }',
      },
      'w.yaml:4:98: "separator" must be one of ",", ";", not "&"',
    ],
    [
      'a misspelt place',
      { eventType: 'eventType: [{ heder: acme-event }]' },
      'w.yaml:6:19: unknown key "heder"; did you mean "header"?',
    ],
    [
      'a place that is none',
      { eventType: 'eventType: [type]' },
      'w.yaml:6:17: entry 1 of "eventType" must be a place of a request: { header: name }, { json: dot.path }, { form: field }, { formJson: [field, dot.path] }, { query: name }, { jsonKey: [keys] } or { jsonAll: [dot.paths] }, not "type"',
    ],
    [
      'an unknown part of the message',
      {
        verify:
          'verify: { scheme: hmac, hash: sha256, key: utf8, signature: { header: acme-signature, encoding: hex }, message: [{ part: boddy }] }',
      },
      'w.yaml:4:126: "part" must be one of body, timestamp, header, query, json, url, method, sortedForm, not "boddy"; did you mean "body"?',
    ],
    ...['1e12', '31536001', '-1', '0.5'].map((seconds): [string, Record<string, string>, string] => [
      `a horizon of ${seconds} seconds`,
      { retry: `retry: { text: often, horizonSeconds: ${seconds} }` },
      `w.yaml:8:43: retry.horizonSeconds must be a whole number from 0 to 31536000 (365d), for which \`deduplicate\` remembers a delivery at most; not ${Number(seconds)}`,
    ]),
    [
      'a header that is read and not kept',
      { headers: 'headers: { acme-event: always }' },
      'w.yaml:4:75: the header acme-signature is read and not kept in headers',
    ],
    [
      'an event type in a header that is not kept',
      { eventType: 'eventType: [{ header: acme-evnt }]' },
      'w.yaml:6:17: the header acme-evnt is read and not kept in headers',
    ],
    [
      'an event type in a query parameter that is not kept',
      { eventType: 'eventType: [{ query: type }]' },
      'w.yaml:6:17: the query parameter type is read and not kept in query',
    ],
    [
      'a query parameter whose name a mapping may not take',
      { x: 'query: { "kind[]": always }' },
      'w.yaml:9:24: query: "kind[]" is not a name of letters, digits, "-" and "_", which alone API Gateway is known to map',
    ],
    [
      'a header in upper case',
      { headers: 'headers: { acme-signature: always, acme-event: always, Acme-Id: always }' },
      'w.yaml:5:69: headers: "Acme-Id" is not a header name in lower case',
    ],
    [
      'a header whose name a mapping may not take',
      { headers: 'headers: { acme-signature: always, acme-event: always, "acme!id": always }' },
      'w.yaml:5:71: headers: "acme!id" is not a name of letters, digits, "-", "_" and ".", which alone a mapping can hold',
    ],
    [
      'a signed id that no scheme covers',
      { deliveryId: 'deliveryId: { at: [{ header: acme-event }], signed: true }' },
      'w.yaml:7:57: deliveryId: no scheme covers any of its places',
    ],
    [
      'a risk that is not acknowledged',
      { verify: 'verify: { scheme: none, acknowledgeRisk: false }' },
      'w.yaml:4:46: "acknowledgeRisk" can only be true, not false',
    ],
    [
      'docs without https',
      { x: 'docs: http://example.com' },
      'w.yaml:9:11: "docs" does not fit: Its own page about verifying webhooks',
    ],
    ['a date that is none', { x: 'checkedAt: 2026-13-01' }, 'w.yaml:9:16: checkedAt is not a date such as 2026-01-31'],
    [
      'a sample without a body',
      { x: 'samples: [{ event: e }]' },
      'w.yaml:9:15: it needs exactly one of payload, body and bodyFile',
    ],
    [
      'a vector whose body is not there',
      { x: 'vectors: [{ origin: o, secret: s, headers: {}, expect: verified, bodyFile: nowhere.json }]' },
      'w.yaml:9:80: "nowhere.json" does not exist; put the body there',
    ],
    [
      'a vector whose body lies outside',
      { x: 'vectors: [{ origin: o, secret: s, headers: {}, expect: verified, bodyFile: ../x }]' },
      'w.yaml:9:80: "../x" must lie inside the project, written relative to its root',
    ],
    [
      'a vector that expects what does not exist',
      { x: 'vectors: [{ origin: o, secret: s, headers: {}, expect: valid, body: x }]' },
      expect.stringMatching(
        /^w\.yaml:9:60: "expect" must be one of verified, missing_signature, .*, not "valid"$/,
      ) as string,
    ],
    [
      'a vector for another way of signing',
      { x: 'vectors: [{ origin: o, secret: s, headers: {}, expect: verified, body: x, verify: v2 }]' },
      'w.yaml:9:87: acme has no way of signing called "v2"; there is one way, without a name; remove this key',
    ],
  ])('%s', (_, changes, expected) => {
    expect(issuesOf(withFields(changes))).toEqual([expected]);
  });

  test('an id that comes with Hookport', () => {
    expect(issuesOf(withFields({}, 'github'))).toEqual([
      'w.yaml:3:3: "github" is a provider that comes with Hookport, and none may take its place; choose another id',
    ]);
  });

  test('an id that is no id', () => {
    expect(issuesOf(withFields({}, 'Acme'))).toEqual(['w.yaml:3:3: id is not kebab-case: "Acme"']);
  });

  test('a misspelt one in a source', () => {
    expect(issuesOf(withFields().replace('provider: acme', 'provider: acne'))).toEqual([
      'w.yaml:10:20: unknown provider "acne"; did you mean "acme"?',
    ]);
  });

  test('a URL that is signed and not given', () => {
    const verify = lines['verify']!.replace('[{ part: body }]', '[{ part: url }, { part: body }]');
    expect(issuesOf(withFields({ verify, x: 'name: Acme' }))).toEqual([
      'w.yaml:11:20: Acme signs the URL; set `publicUrl` to the URL exactly as you typed it there',
    ]);
  });

  test('nothing signed, and nobody who says that this is meant', () => {
    const changes = { verify: 'verify: { scheme: none, acknowledgeRisk: true }', deliveryId: 'deliveryId: hash' };
    expect(issuesOf(withFields(changes))).toEqual([expect.stringContaining('or `unverified: true`')]);
  });
});

test('what is wrong elsewhere hides no provider from whoever looks at providers alone', () => {
  const loaded = load(withFields().replace('provider: acme', 'provider: acme, handler: nowhere.ts'));
  expect(loaded.ok).toBe(false);
  expect(!loaded.ok && loaded.providers.map(({ definition }) => definition.id)).toEqual(['acme']);
  const broken = load(withFields({ headers: 'headers: {}' }));
  expect(!broken.ok && broken.providers).toEqual([]);
});

describe('samples and vectors', () => {
  test('are read from the YAML and from files, byte for byte', async () => {
    const { guide } = loadedProvider(
      withFields({
        samples: 'samples: [{ event: a, payload: { id: 1 } }, { event: b, headers: { acme-event: b }, body: "x=1" }]',
        vectors:
          'vectors: [{ origin: o, secret: s, headers: { Acme-Signature: ab }, expect: signature_mismatch, bodyFile: body.bin, receivedAt: 2026-01-31T12:00:00Z }]',
      }),
    );
    expect(await guide.samples()).toEqual([
      { event: 'a', headers: { 'content-type': 'application/json' }, body: '{"id":1}' },
      { event: 'b', headers: { 'acme-event': 'b' }, body: 'x=1' },
    ]);
    expect(await guide.vectors?.()).toMatchObject([
      {
        headers: { 'acme-signature': 'ab' },
        body: Buffer.from([0xff, 0, 0x7b]),
        receivedAt: Date.UTC(2026, 0, 31, 12),
      },
    ]);
  });

  test('name headers as pages write them, with capitals', async () => {
    const samples = 'samples: [{ event: a, headers: { Acme-Event: a, Content-Type: text/json }, payload: {} }]';
    const [sample] = await loadedProvider(withFields({ x: samples })).guide.samples();
    expect(sample?.headers).toEqual({ 'acme-event': 'a', 'content-type': 'text/json' });
  });

  test('without samples one is made up, which its places understand', async () => {
    const [sample] = await loadedProvider(withFields()).guide.samples();
    expect(sample).toMatchObject({ event: 'sample.created', headers: { 'acme-event': 'sample.created' } });
    expect(JSON.parse(sample!.body)).toMatchObject({ id: 'evt_1' });
  });

  test('a vector’s secret is refused for every source', () => {
    const vectors = 'vectors: [{ origin: o, secret: published, headers: {}, expect: missing_signature, body: x }]';
    for (const verify of [
      lines['verify']!,
      'verify: { scheme: token, at: { header: acme-signature } }',
      `verify: { alternatives: { ${lines['verify']!.replace('verify', 'one')}, two: { scheme: token, at: { header: acme-event } } } }`,
    ]) {
      const changes = { verify, deliveryId: 'deliveryId: hash', vectors };
      const { definition } = loadedProvider(withFields(changes));
      for (const scheme of Object.values(schemesOf(definition))) {
        expect(secretProblem(scheme, 'published')).toContain('published for tests');
        expect(secretProblem(scheme, 'our own')).toBeUndefined();
      }
    }
  });
});

describe('the plan', () => {
  const loaded = load(`name: n\nsources:\n${ownSourcesYaml('handler.ts')}`);
  test('holds the definitions of the providers that sources name, as data that can be cloned', () => {
    if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
    const plan = makePlan(loaded.config, catalogue);
    expect(plan.providers?.map(({ id }) => id)).toEqual([
      'acme-hmac',
      'acme-key',
      'acme-token',
      'acme-basic',
      'acme-query',
      'acme-signed-query',
      'acme-none',
    ]);
    expect(structuredClone(plan)).toEqual(plan);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('holds none where all come with Hookport', () => {
    const plain = load('name: n\nsources:\n  one: { provider: github }\n');
    expect(plain.ok && makePlan(plain.config, catalogue)).not.toHaveProperty('providers');
  });
});

describe('one list of fields', () => {
  type Fields = Omit<DataProvider, 'id' | 'name'> & Partial<Pick<DataProvider, 'name'>>;
  type Guide = 'setup' | 'secretFrom' | 'samples' | 'vectors';
  /** With every key required, so that a key that only one side has shows. */
  type Whole<T> = T extends string | number | boolean | null | undefined
    ? T
    : { readonly [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> };

  test('is what the schema and the types of a definition both have', () => {
    expectTypeOf<Whole<Omit<RawProvider, Guide>>>().toExtend<Whole<Fields>>();
    expectTypeOf<Whole<Fields>>().toExtend<Whole<Omit<RawProvider, Guide>>>();
    expectTypeOf<Omit<RawProvider, Guide>>().toExtend<Fields>();
    expectTypeOf<keyof Omit<RawProvider, Guide>>().toEqualTypeOf<keyof Fields>();
  });

  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(providerSchema);
  const all = catalogue.ids().flatMap((id) => catalogue.get(id) ?? []);
  const data = all.filter((provider) => Object.values(schemesOf(provider)).every(({ scheme }) => scheme !== 'code'));

  test.each(data.map(({ id, ...fields }) => [id, fields] as const))(
    'takes %s as it stands in providers/',
    (_, fields) => {
      validate(fields);
      expect(validate.errors ?? []).toEqual([]);
    },
  );

  test.each(all.map((provider) => [provider.id, provider] as const))(
    'takes the file of %s, code included, as `validate` looks at it',
    (_, provider) => expect(providerFileFindings(provider)).toEqual([]),
  );

  test('takes more than 35 of them', () => {
    expect(data.length).toBeGreaterThan(35);
  });
});
