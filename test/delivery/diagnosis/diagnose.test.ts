import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { github } from '../../../providers/github.ts';
import { schemeOf } from '../../../src/catalogue/scheme-of.ts';
import { diagnose } from '../../../src/delivery/diagnosis/diagnose.ts';
import { explainVerification } from '../../../src/delivery/diagnosis/explain.ts';
import type { DiagnosisInput } from '../../../src/delivery/diagnosis/input.ts';
import type { HmacScheme, Scheme } from '../../../src/signature/scheme.ts';
import { verify } from '../../../src/signature/verify.ts';
import { arrival, mac, over, plain, request, secret, stamped } from '../../signature/schemes.ts';
import { processorClock } from '../../processor-time.ts';

const body = JSON.stringify({ id: 7, url: 'https://example.com/a', name: 'Zoë <b>', list: [1, { a: {}, b: [] }] });

function input(headers: Record<string, string>, changes: Partial<DiagnosisInput> = {}): DiagnosisInput {
  return {
    scheme: plain,
    alternatives: {},
    request: request(headers, body),
    secrets: [{ version: 'current', value: secret }],
    others: [],
    ...changes,
  };
}

const signed = (message: string | Uint8Array, key: string | Uint8Array = secret) => ({
  'x-signature': `sha256=${mac(message, key)}`,
});

const stampedWith = (seconds: number, key = secret) => ({
  'x-signature': `t=${seconds},v1=${mac(`${seconds}.${body}`, key)}`,
});
const arrivalSeconds = arrival / 1000;

/** As PHP's json_encode and Python's json.dumps write the same value; made by hand, apart from the code under test. */
const php = String.raw`{"id":7,"url":"https:\/\/example.com\/a","name":"Zo\u00eb <b>","list":[1,{"a":{},"b":[]}]}`;
const python = String.raw`{"id": 7, "url": "https://example.com/a", "name": "Zo\u00eb <b>", "list": [1, {"a": {}, "b": []}]}`;
const go = String.raw`{"id":7,"url":"https://example.com/a","name":"Zoë \u003cb\u003e","list":[1,{"a":{},"b":[]}]}`;

describe('a diagnosis of a secret that is another credential of the provider', () => {
  const otherCredential = { begins: 'sk_live_', is: 'a secret API key', instead: 'the Signing secret' };

  it('says so, where nothing that was tried matches', async () => {
    expect(await diagnose(input(signed(body, 'another'), { otherCredential }))).toEqual([
      {
        code: 'other_credential',
        text: 'the secret begins with sk_live_: that is a secret API key, which signs no webhook',
        advice: 'set it to the Signing secret',
      },
    ]);
  });

  it('tells what matches instead, since that is sure', async () => {
    const [finding] = await diagnose(input(signed(`${body}\n`), { otherCredential }));
    expect(finding?.code).toBe('body_changed');
  });
});

describe('a diagnosis of a provider of one’s own', () => {
  it.each<[what: string, given: DiagnosisInput, text: RegExp, advice: RegExp]>([
    [
      'an encoding that it has otherwise',
      input({ 'x-signature': `sha256=${Buffer.from(mac(body), 'hex').toString('base64url')}` }),
      /32 bytes in hex/,
      /`signature` of the definition/,
    ],
    [
      'milliseconds where it says seconds',
      input(stampedWith(arrival), { scheme: stamped }),
      /another unit than the definition says/,
      /`unit` of the timestamp in the definition/,
    ],
    [
      'a message that it has otherwise',
      input(signed(`${body}.`)),
      /otherwise than the definition says/,
      /`message`.*providers check/,
    ],
    [
      'a secret that is decoded there',
      input(signed(body, Buffer.from('c2VjcmV0', 'base64')), { secrets: [{ version: 'current', value: 'c2VjcmV0' }] }),
      /decoded from base64/,
      /`key` of the definition/,
    ],
  ])('says of %s that the definition may be wrong', async (_, given, text, advice) => {
    const [finding] = await diagnose({ ...given, isOwn: true });
    expect(finding).toMatchObject({ text: expect.stringMatching(text), advice: expect.stringMatching(advice) });
    const [other] = await diagnose(given);
    expect(other?.advice).not.toContain('definition');
  });

  it.each<[what: string, given: DiagnosisInput]>([
    [
      'a token in the query that is not there',
      input(
        {},
        { scheme: { scheme: 'token', at: { query: 'token' } }, secrets: [{ version: 'current', value: 'abc' }] },
      ),
    ],
    ['another token', input({ 'x-token': 'other' }, { scheme: { scheme: 'token', at: { header: 'x-token' } } })],
    [
      'no user and password',
      input({}, { scheme: { scheme: 'basic' }, secrets: [{ version: 'current', value: 'a:b' }] }),
    ],
  ])(
    'says of %s what it says of any provider’s: nothing is signed, so no field of a signature can be wrong',
    async (_, given) => {
      expect(await diagnose({ ...given, isOwn: true })).toEqual(await diagnose(given));
    },
  );

  it('names the fields that a public key has, which are not those of an HMAC', async () => {
    const scheme: Scheme = {
      scheme: 'publicKey',
      algorithm: 'ed25519',
      key: 'pem',
      signature: { header: 'x-signature', encoding: 'hex' },
      message: [{ part: 'body' }],
    };
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const value = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const given = input(
      { 'x-signature': sign(null, Buffer.from(`${body}.`), privateKey).toString('hex') },
      { scheme, secrets: [{ version: 'current', value }], isOwn: true },
    );
    const [finding] = await diagnose(given);
    expect(finding).toMatchObject({
      code: 'other_secret',
      advice: expect.stringMatching(/`algorithm`, `key` and `message`/),
    });
  });
});

describe('a diagnosis', () => {
  it.each<[what: string, given: DiagnosisInput, code: string, text: RegExp]>([
    ['that all is well now', input(signed(body)), 'verifies_now', /secret "current"/],
    ['an absent signature', input({}), 'no_signature', /header x-signature is absent/],
    [
      'an absent token in the query',
      input(
        {},
        { scheme: { scheme: 'token', at: { query: 'token' } }, secrets: [{ version: 'current', value: 'a-token' }] },
      ),
      'no_signature',
      /query parameter token is absent/,
    ],
    ['a signature without its prefix', input({ 'x-signature': mac(body) }), 'signature_form', /sha256=/],
    ['no secret', input(signed(body), { secrets: [] }), 'no_secret', /no secret/],
    [
      'a secret that cannot be used',
      input(signed(body), { secrets: [], secretProblem: 'X is bad' }),
      'no_secret',
      /X is bad/,
    ],
    ['a trailing line feed', input(signed(body, `${secret}\n`)), 'secret_differs_slightly', /followed by a line feed/],
    ['a CR LF', input(signed(body, `${secret}\r\n`)), 'secret_differs_slightly', /followed by CR LF/],
    ['quotes', input(signed(body, `"${secret}"`)), 'secret_differs_slightly', /in double quotes/],
    [
      'a secret whose prefix was not copied along, as one may with Stripe’s',
      input(signed(body, `whsec_${secret}`)),
      'secret_differs_slightly',
      /with "whsec_" before it/,
    ],
    [
      'quotes here',
      input(signed(body), { secrets: [{ version: 'current', value: `'${secret}'` }] }),
      'secret_differs_slightly',
      /without the quotes/,
    ],
    [
      'a secret that is to be decoded and was not',
      input(signed(body, 'YWJjZGVm'), {
        scheme: { ...plain, key: 'base64' } as HmacScheme,
        secrets: [{ version: 'current', value: 'YWJjZGVm' }],
      }),
      'secret_differs_slightly',
      /not decoded/,
    ],
    [
      'the secret of another source',
      input(signed(body, 'the other'), {
        others: [{ source: 'paddle', secrets: [{ version: 'x', value: 'the other' }] }],
      }),
      'secret_of_other_source',
      /source "paddle"/,
    ],
    ['PHP between', input(signed(php)), 'body_changed', /as PHP writes them/],
    ['Python between', input(signed(python)), 'body_changed', /as Python writes it.*ASCII/],
    ['Go between', input(signed(go)), 'body_changed', /as Go writes them/],
    ['an indented original', input(signed(JSON.stringify(JSON.parse(body), null, 2))), 'body_changed', /two spaces/],
    ['a lost line feed', input(signed(`${body}\n`)), 'body_changed', /one line feed longer/],
    [
      'an added line feed',
      input(signed(body), { request: request(signed(body), `${body}\n`) }),
      'body_changed',
      /without the white space at its end/,
    ],
    ['another secret', input(signed(body, 'quite another')), 'other_secret', /another secret/],
    [
      'a secret made up for development',
      input(signed(body, 'quite another'), { secrets: [{ version: 'development', value: secret }] }),
      'development_secret',
      /made up/,
    ],
    [
      'an old timestamp',
      input(stampedWith(arrivalSeconds - 6 * 3600), { scheme: stamped }),
      'old_timestamp',
      /6 h old at arrival; apart from that its signature is right/,
    ],
    [
      'an early one',
      input(stampedWith(arrivalSeconds + 900), { scheme: stamped }),
      'early_timestamp',
      /15 min after arrival/,
    ],
    ['milliseconds for seconds', input(stampedWith(arrival), { scheme: stamped }), 'timestamp_unit', /another unit/],
    [
      'no timestamp',
      input({ 'x-signature': `v1=${mac(body)}` }, { scheme: stamped }),
      'no_timestamp',
      /"t" beside the signature is absent/,
    ],
    [
      'another of the provider’s ways',
      input({ 'x-token': secret }, { alternatives: { token: { scheme: 'token', at: { header: 'x-token' } } } }),
      'other_way_of_signing',
      /"token"/,
    ],
    [
      'a URL with a slash more',
      input(signed(`https://h.example/x/${body}`), {
        scheme: over({ part: 'url' }, { part: 'body' }),
        request: { ...request(signed(`https://h.example/x/${body}`), body), url: 'https://h.example/x' },
      }),
      'url_differs',
      /https:\/\/h\.example\/x\//,
    ],
    ['no URL', input(signed(body), { scheme: over({ part: 'url' }) }), 'no_public_url', /no publicUrl/],
    [
      'a token that is not kept',
      input({}, { scheme: { scheme: 'token', at: { header: 'x-token' } }, withoutCredential: true }),
      'credential_not_kept',
      /not kept/,
    ],
  ])('finds %s', async (_what, given, code, text) => {
    const [first] = await diagnose(given);
    expect(first).toMatchObject({ code, text: expect.stringMatching(text) });
  });

  it('says of what is old that the clock of this machine may be ahead, which makes all of it so', async () => {
    const [first] = await diagnose(input(stampedWith(arrivalSeconds - 900), { scheme: stamped }));
    expect(first?.advice).toContain('compare this machine’s clock with the right time');
  });

  it('names the URL too where it is signed and nothing matches: a tunnel has another name at each start', async () => {
    const headers = signed(`https://old-tunnel.example/x${body}`);
    const [first] = await diagnose(
      input(headers, {
        scheme: over({ part: 'url' }, { part: 'body' }),
        request: { ...request(headers, body), url: 'https://new-tunnel.example/x' },
      }),
    );
    expect(first?.code).toBe('other_secret');
    expect(first?.text).toContain('or another URL than https://new-tunnel.example/x');
    expect(first?.advice).toContain(
      'compare publicUrl of the source with the URL that stands at the provider, to the letter',
    );
  });

  it('tells of an old request with another body that neither fits', async () => {
    const headers = { 'x-signature': `t=${arrivalSeconds - 7200},v1=${mac('something else')}` };
    const findings = await diagnose(input(headers, { scheme: stamped }));
    expect(findings.map(({ code }) => code)).toEqual(['old_timestamp', 'other_secret']);
    expect(findings[0]?.text).toContain('does not match either');
  });

  it('reads GitHub’s signatures too, which its own library verifies', async () => {
    const scheme = schemeOf(github);
    const header = (key: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
    const [first] = await diagnose(input({ 'x-hub-signature-256': header(`${secret}\n`) }, { scheme }));
    expect(first).toMatchObject({ code: 'secret_differs_slightly' });
    const explained = scheme.scheme === 'code' ? scheme.explainedBy : undefined;
    for (const [key, ok] of [
      [secret, true],
      ['other', false],
    ] as const) {
      const sent = request({ 'x-hub-signature-256': header(key) }, body);
      expect((await verify(scheme, sent, [secret])).ok).toBe(ok);
      expect((await verify(explained as Scheme, sent, [secret])).ok).toBe(ok);
    }
  });

  it('takes a bounded processor time over a large body', async () => {
    const large = JSON.stringify({ text: '/é<'.repeat(300_000) });
    const spent = processorClock();
    const headers = signed('something else');
    expect(await diagnose(input(headers, { request: request(headers, large) }))).toMatchObject([
      { code: 'other_secret' },
    ]);
    expect(spent()).toBeLessThan(1000);
  });

  it.each([
    ['too deep to be written', 100_000, 0],
    ['deep and wide, which indenting makes gigabytes of', 1000, 120_000],
  ])('takes a refused body as it is that is %s', async (_, depth, items) => {
    const deep = '['.repeat(depth) + '1,'.repeat(items) + '1' + ']'.repeat(depth);
    const spent = processorClock();
    const headers = signed('something else');
    expect(await diagnose(input(headers, { request: request(headers, deep) }))).toMatchObject([
      { code: 'other_secret' },
    ]);
    expect(spent()).toBeLessThan(1000);
  });
});

describe('an explanation', () => {
  const titles = async (given: DiagnosisInput) =>
    (await explainVerification(given)).map(({ title, state }) => `${title}: ${state}`);

  it('goes through signature, timestamp, content, key and comparison', async () => {
    const steps = await explainVerification(input(stampedWith(arrivalSeconds - 60), { scheme: stamped }));
    expect(steps).toEqual([
      { title: 'Signature', state: 'passed', text: 'Found in the header x-signature, hex at "v1=".' },
      {
        title: 'Timestamp',
        state: 'passed',
        text: `"t" beside the signature says ${new Date(arrival - 60_000).toISOString()}, 60 s before arrival; 5 min are allowed.`,
      },
      {
        title: 'Signed content',
        state: 'told',
        text: `The timestamp as it was sent, then the text ".", then the raw body (${Buffer.byteLength(body)} bytes), one after the other. Nothing else is signed.`,
      },
      {
        title: 'Key',
        state: 'told',
        text: 'HMAC-SHA256, keyed with the secret as it is written. Tried: current.',
      },
      { title: 'Comparison', state: 'passed', text: 'Matches with the secret "current".' },
    ]);
  });

  it('says which step failed', async () => {
    expect(await titles(input({}))).toEqual([
      'Signature: failed',
      'Signed content: told',
      'Key: told',
      'Comparison: failed',
    ]);
    const old = input(stampedWith(arrivalSeconds - 400), { scheme: stamped });
    expect(await titles(old)).toContain('Timestamp: failed');
    expect(await titles(input(signed(body, 'x')))).toContain('Comparison: failed');
    expect(await titles(input(signed(body), { secrets: [] }))).toContain('Key: failed');
  });

  it('says of a token that it signs nothing, and of a provider that signs nothing the same', async () => {
    const token = { scheme: 'token', at: { header: 'x-token' } } as const;
    const steps = await explainVerification(input({ 'x-token': secret }, { scheme: token }));
    expect(steps[0]?.text).toMatch(/signs nothing/);
    expect(steps.at(-1)?.state).toBe('passed');
    const none = await explainVerification(input({}, { scheme: { scheme: 'none', acknowledgeRisk: true } }));
    expect(none).toMatchObject([{ title: 'No signature' }]);
  });
});

it('neither tells a secret, a signature nor the body', async () => {
  const other = 'the secret of the other source';
  const given = [
    input(signed(body)),
    input(signed(body, `${secret}\n`)),
    input(signed(body, other), { others: [{ source: 'paddle', secrets: [{ version: 'current', value: other }] }] }),
    input(signed(php)),
    input({ 'x-signature': 'a-token-that-nobody-may-see' }),
    input(stampedWith(arrivalSeconds - 9999), { scheme: stamped }),
    input({ 'x-token': 'a-token-that-nobody-may-see' }, { scheme: { scheme: 'token', at: { header: 'x-token' } } }),
  ];
  for (const each of given) {
    const told = JSON.stringify([await diagnose(each), await explainVerification(each)]);
    for (const hidden of [secret, other, 'a-token-that-nobody-may-see', mac(body), mac(php), 'example.com'])
      expect(told).not.toContain(hidden);
  }
});

it('gives others their turn between two tries: a stranger’s body may make each take long, in the thread of a gateway', async () => {
  let turns = 0;
  let counting = true;
  const count = () => {
    turns += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  expect(await diagnose(input(signed(body, 'another secret')))).toMatchObject([{ code: 'other_secret' }]);
  counting = false;
  // The body is as JSON.stringify writes it, so one of four layouts is none; each of the others in five ways.
  expect(turns).toBeGreaterThan(15);
});

it('parses a body, in which a stranger may have signed, twice at most before others have their turn', async () => {
  const inBody: Scheme = {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { json: 'signature', encoding: 'hex' },
    message: [{ part: 'json', path: 'token' }],
  };
  const told = JSON.stringify({ signature: 'a'.repeat(64), token: 'b' });
  let parsed = 0;
  let most = 0;
  const { parse } = JSON;
  vi.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
    parsed += 1;
    most = Math.max(most, parsed);
    return parse(text, reviver) as unknown;
  });
  let counting = true;
  const count = () => {
    parsed = 0;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const given = input({}, { scheme: inBody, request: request({}, told) });
  expect(await diagnose(given)).toMatchObject([{ code: 'other_secret' }]);
  counting = false;
  expect(most).toBeLessThanOrEqual(2);
});
