import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bitbucket } from '../../providers/bitbucket.ts';
import { github } from '../../providers/github.ts';
import { gitlab } from '../../providers/gitlab.ts';
import { paddle } from '../../providers/paddle.ts';
import { sanity } from '../../providers/sanity.ts';
import { stripe } from '../../providers/stripe.ts';
import { twilio } from '../../providers/twilio.ts';
import { vercel } from '../../providers/vercel.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { schemeOf, schemesOf } from '../../src/catalogue/scheme-of.ts';
import { authenticate } from '../../src/delivery/authenticate.ts';
import { snsScheme } from '../../providers/schemes/aws-sns.ts';
import type { HmacScheme, PublicKeyScheme, TokenScheme } from '../../src/signature/scheme.ts';
import { verify } from '../../src/signature/verify.ts';
import { createFakeSecrets, received } from '../fakes/source.ts';
import { arrival, mac, over, plain, request, secret, stamped } from './schemes.ts';

// Faults of other verifiers, each by the name it is known under; none of them may come back here.

const genuine = { ok: true, secretIndex: 0 };
const ts = String(arrival / 1000);
const forged = { 'x-signature': `t=${ts},v1=${mac(`${ts}.hello`, '')}` };

describe('advisories', () => {
  it('CVE-2023-50728 = GHSA-pwfr-8pq7-x9qv (@octokit/webhooks): no request makes the verification throw', async () => {
    const scheme = schemeOf(github);
    for (const signature of ['', 'sha256=', 'sha256', '=', 'sha256=é', `sha256=${'é'.repeat(64)}`, 'undefined'])
      for (const body of ['', '{', '\0'])
        expect(await verify(scheme, request({ 'x-hub-signature-256': signature }, body), [secret])).toMatchObject({
          ok: false,
        });
  });

  it('CVE-2024-21491 = RUSTSEC-2024-0010 (svix for Rust): a signature that is empty or a beginning of the right one is refused', async () => {
    const scheme: HmacScheme = { ...plain, signature: { header: 'x-signature', listLabel: 'v1,', encoding: 'base64' } };
    const right = createHmac('sha256', secret).update('hello').digest();
    const ask = (text: string) => verify(scheme, request({ 'x-signature': text }), [secret]);
    expect(await ask(`v1,${right.toString('base64')}`)).toEqual(genuine);
    for (const text of ['v1,', 'v1', 'v1, ', `v1,${right.subarray(0, 30).toString('base64')}`, 'v1,AA=='])
      expect(await ask(text)).toMatchObject({ ok: false });
  });

  it('CVE-2026-41432 (new-api): an empty secret is no key', async () => {
    for (const secrets of [[], [''], ['   ']])
      expect(await verify(stamped, request(forged), secrets)).toMatchObject({ reason: 'unusable_secret' });
  });

  it('CVE-2026-41432 (new-api): what is signed for one source is not taken by another', async () => {
    const signed = request({ 'x-signature': `sha256=${mac('hello', 'the secret of one source')}` });
    expect(await verify(plain, signed, ['the secret of another'])).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('CVE-2026-86080 (n8n), CVE-2026-44109 and CVE-2026-32974 (OpenClaw): without a secret nothing passes, signed or not', async () => {
    for (const headers of [{}, forged])
      for (const secrets of [[], [''], ['', ' ', '\n']])
        expect(await verify(stamped, request(headers), secrets)).toMatchObject({ ok: false });
  });

  it('GHSA-jf52-3f2h-h9j5 (n8n for Stripe): a request without a signature is refused', async () => {
    expect(await verify(stamped, request({}), [secret])).toMatchObject({ reason: 'missing_signature' });
  });

  it('CVE-2026-28454 (OpenClaw for Telegram): a request without its token is refused', async () => {
    const scheme: TokenScheme = { scheme: 'token', at: { header: 'x-telegram-bot-api-secret-token' } };
    expect(await verify(scheme, request({}), [secret])).toMatchObject({ reason: 'missing_signature' });
    const wrong = request({ 'x-telegram-bot-api-secret-token': 'undefined' });
    expect(await verify(scheme, wrong, [secret])).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('CVE-2026-28465 (OpenClaw for Twilio): the URL comes from the configuration, whatever the headers say', async () => {
    const scheme = over({ part: 'url' }, { part: 'body' });
    const signedElsewhere = request({
      'x-signature': `sha256=${mac('https://evil.example/hookhello')}`,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    });
    const configured = { ...signedElsewhere, url: 'https://hooks.example.com/hook' };
    expect(await verify(scheme, configured, [secret])).toMatchObject({ reason: 'signature_mismatch' });
    expect(await verify(scheme, signedElsewhere, [secret])).toMatchObject({ reason: 'missing_context' });
  });

  it('CVE-2026-29613 and CVE-2026-26316 (OpenClaw): a request from this very machine needs its signature too', async () => {
    const headers = { 'x-hub-signature-256': '', 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '::1' };
    const arrived = received({ headers });
    const stringValue = arrived.attributes['Request']?.stringValue?.replace('192.0.2.1', '127.0.0.1') ?? '';
    const message = { ...arrived, attributes: { ...arrived.attributes, Request: { dataType: 'String', stringValue } } };
    const options = { source: 'github', scheme: schemeOf(github), secrets: createFakeSecrets('right') };
    expect(await authenticate(message, options)).toMatchObject({
      ok: false,
      request: { sourceIp: '127.0.0.1' },
      outcome: { kind: 'rejected', reason: 'missing_signature' },
    });
  });

  it('CVE-2026-4984 (Botpress for Twilio): a message without X-Twilio-Signature is refused, as form and as JSON', async () => {
    for (const scheme of Object.values(schemesOf(twilio))) {
      const message = {
        ...request({}, 'MediaUrl0=https%3A%2F%2Fevil.example'),
        url: 'https://hooks.example.com/twilio',
      };
      expect(await verify(scheme, message, [secret])).toMatchObject({ reason: 'missing_signature' });
    }
  });

  it('GO-2024-3002 = CVE-2024-40634 (Argo CD), CVE-2026-40481: a body of 3 MiB is not parsed before its signature is known', async () => {
    const inBody: HmacScheme = { ...plain, signature: { json: 'signature', encoding: 'hex' } };
    const body = `{"signature":"${'0'.repeat(64)}","a":"${'x'.repeat(3 * 1024 * 1024)}"}`;
    expect(await verify(inBody, request({}, body), [secret])).toMatchObject({
      reason: 'malformed_body',
      detail: expect.stringContaining('over 2097152 bytes'),
    });
  });

  it('CVE-2026-9189 (Contact Form 7 for PayPal and Stripe): a genuine event may be about anybody, and the guarantees say who has to look', async () => {
    const body = '{"id":"evt_1","account":"acct_of_somebody_else","data":{"object":{"amount":1}}}';
    const header = { 'stripe-signature': `t=${ts},v1=${mac(`${ts}.${body}`)}` };
    expect(await verify(schemeOf(stripe), request(header, body), [secret])).toEqual(genuine);
    const guarantees = await readFile(new URL('../../docs/guarantees.md', import.meta.url), 'utf8');
    expect(guarantees.replaceAll(/\s+/g, ' ')).toContain(
      'Whether the amount, the account or the receiver in it are those that you expect is for your handler to check',
    );
  });

  it('go-playground/webhooks #209: what Bitbucket tells everybody, its hook’s UUID, is no secret', async () => {
    const headers = { 'x-hook-uuid': secret, 'x-event-key': 'repo:push' };
    expect(await verify(schemeOf(bitbucket), request(headers, '{}'), [secret])).toMatchObject({
      reason: 'missing_signature',
    });
  });

  it('CVE-2021-43571 and GHSA-xx36-6rv4-gj8r (starkbank-ecdsa): r = s = 0 is no signature', async () => {
    const scheme: PublicKeyScheme = {
      scheme: 'publicKey',
      algorithm: 'ecdsa-p256-sha256',
      key: 'spki-base64',
      signature: { header: 'x-signature', encoding: 'base64' },
      message: [{ part: 'body' }],
    };
    const key =
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==';
    for (const der of ['3006020100020100', '3006020101020101', '3000', '30'])
      expect(
        await verify(scheme, request({ 'x-signature': Buffer.from(der, 'hex').toString('base64') }), [key]),
      ).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('CVE-2026-32980 (OpenClaw): a request without its header is refused before its body is looked at', async () => {
    let reads = 0;
    const body = new Proxy(Buffer.from('hello'), {
      get(target, property) {
        reads++;
        return Reflect.get(target, property) as unknown;
      },
    });
    expect(await verify(plain, { headers: {}, body, receivedAt: arrival }, [secret])).toMatchObject({ ok: false });
    expect(reads).toBe(0);
  });
});

describe('faults of libraries in use', () => {
  it('@hookflo/tern: patterns of String.replace in a body do not change what is signed', async () => {
    for (const body of ['$&', '$$', "$'", '$`', '$1', '{body}', '{timestamp}'])
      expect(
        await verify(stamped, request({ 'x-signature': `t=${ts},v1=${mac(`${ts}.${body}`)}` }, body), [secret]),
      ).toEqual(genuine);
  });

  it('@hookflo/tern, @paddle/paddle-node-sdk: a good signature counts before and after another one while a secret rotates', async () => {
    const good = mac(`${ts}:hello`);
    for (const [first, second] of [
      [good, mac('other')],
      [mac('other'), good],
    ]) {
      const header = { 'paddle-signature': `ts=${ts};h1=${first};h1=${second}` };
      expect(await verify(schemeOf(paddle), request(header), [secret])).toEqual(genuine);
    }
    const both = { 'stripe-signature': `t=${ts},v1=${mac(`${ts}.hello`)},v1=${mac('other')}` };
    expect(await verify(schemeOf(stripe), request(both), [secret])).toEqual(genuine);
  });

  it('@hookflo/tern, @paddle/paddle-node-sdk: the definitions of Stripe, GitHub and Paddle take no empty secret', async () => {
    const requests = [
      { provider: stripe, headers: { 'stripe-signature': `t=${ts},v1=${mac(`${ts}.hello`, '')}` } },
      { provider: github, headers: { 'x-hub-signature-256': `sha256=${mac('hello', '')}` } },
      { provider: paddle, headers: { 'paddle-signature': `ts=${ts};h1=${mac(`${ts}:hello`, '')}` } },
    ];
    for (const { provider, headers } of requests)
      expect(await verify(schemeOf(provider), request(headers), [''])).toMatchObject({ reason: 'unusable_secret' });
  });

  it('@hookflo/tern: Sanity’s signature is base64url, and Vercel’s is SHA-1, as they send them', async () => {
    const milliseconds = String(arrival);
    const base64url = createHmac('sha256', secret).update(`${milliseconds}.hello`).digest('base64url');
    const ofSanity = { 'sanity-webhook-signature': `t=${milliseconds},v1=${base64url}` };
    expect(await verify(schemeOf(sanity), request(ofSanity), [secret])).toEqual(genuine);
    const sha1 = { 'x-vercel-signature': createHmac('sha1', secret).update('hello').digest('hex') };
    expect(await verify(schemeOf(vercel), request(sha1), [secret])).toEqual(genuine);
    const sha256 = { 'x-vercel-signature': mac('hello') };
    expect(await verify(schemeOf(vercel), request(sha256), [secret])).toMatchObject({ reason: 'malformed_signature' });
  });

  it('@hookflo/tern: an id is that of the event, not of what the event is about', () => {
    const idOf = (provider: typeof stripe | typeof gitlab, headers: Record<string, string>, json: object) =>
      identify(provider, { headers, body: Buffer.from(JSON.stringify(json)) }).deliveryId;
    const emitted = (id: string) => idOf(stripe, {}, { id, type: 'a', request: { idempotency_key: 'one call' } });
    expect([emitted('evt_1'), emitted('evt_2')]).toEqual(['evt_1', 'evt_2']);
    const mergeRequest = { object_kind: 'merge_request', object_attributes: { id: 7 } };
    const updated = (id: string) => idOf(gitlab, { 'webhook-id': id }, mergeRequest);
    expect([updated('first'), updated('second')]).toEqual(['first', 'second']);
  });

  it('convoy: basic authentication is that scheme alone, and a password may hold a colon', async () => {
    const credentials = Buffer.from('user:pass:word').toString('base64');
    const ask = (authorization: string) => verify({ scheme: 'basic' }, request({ authorization }), ['user:pass:word']);
    expect(await ask(`Basic ${credentials}`)).toEqual(genuine);
    for (const other of ['Bearer', 'Digest', 'Basicx', ''])
      expect(await ask(`${other} ${credentials}`)).toMatchObject({ reason: 'malformed_signature' });
  });

  it('sns-validator: no certificate is fetched from sns.s3-us-west-2.amazonaws.com, a bucket that anyone may have', async () => {
    const fetched: string[] = [];
    const fetchPem = async (url: string) => {
      fetched.push(url);
      throw new Error('not reached');
    };
    const topic = 'arn:aws:sns:us-east-1:123456789012:orders';
    const ask = (host: string) => {
      const message = {
        Type: 'Notification',
        MessageId: 'm',
        Message: 'hello',
        TopicArn: topic,
        Timestamp: new Date(arrival).toISOString(),
        SignatureVersion: '2',
        Signature: 'AAAA',
        SigningCertURL: `https://${host}/SimpleNotificationService-01.pem`,
      };
      return verify(snsScheme('2', { fetchPem }), request({}, JSON.stringify(message)), [topic]);
    };
    expect(await ask('sns.s3-us-west-2.amazonaws.com')).toMatchObject({ reason: 'malformed_signature' });
    expect(fetched).toEqual([]);
    expect(await ask('sns.us-west-2.amazonaws.com')).toMatchObject({ reason: 'key_unavailable' });
    expect(fetched).toHaveLength(1);
  });

  it('@hookflo/tern: a missing timestamp does not turn into a signature over the bare body', async () => {
    const header: HmacScheme = {
      ...plain,
      timestamp: { from: { header: 'x-timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
      message: [{ part: 'timestamp' }, '.', { part: 'body' }],
    };
    for (const content of ['hello', '.hello', 'undefined.hello']) {
      const signed = request({ 'x-signature': `sha256=${mac(content)}` });
      expect(await verify(header, signed, [secret])).toMatchObject({ reason: 'missing_timestamp' });
    }
  });

  it('@hookflo/tern: bytes that are not UTF-8, and a byte order mark, are signed as they are', async () => {
    for (const body of [Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('\uFEFF{}')])
      expect(await verify(plain, request({ 'x-signature': `sha256=${mac(body)}` }, body), [secret])).toEqual(genuine);
    const replaced = request({ 'x-signature': `sha256=${mac(Buffer.from([0xff]))}` }, '\uFFFD');
    expect(await verify(plain, replaced, [secret])).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('@hookflo/tern, zoom/webhook-sample, discord-interactions: a signature over a part of the body, or over the body written anew, is refused', async () => {
    const body = '{ "data": {"a":1} }';
    for (const content of ['{"a":1}', JSON.stringify(JSON.parse(body))])
      expect(await verify(plain, request({ 'x-signature': `sha256=${mac(content)}` }, body), [secret])).toMatchObject({
        reason: 'signature_mismatch',
      });
  });

  it('stripe, @paddle/paddle-node-sdk, @slack/bolt: a timestamp one year ahead is refused', async () => {
    const ahead = String(arrival / 1000 + 31_536_000);
    const header = { 'x-signature': `t=${ahead},v1=${mac(`${ahead}.hello`)}` };
    expect(await verify(stamped, request(header), [secret])).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('stripe: a tolerance of zero does not switch the check off', async () => {
    const old = { 'x-signature': `t=1,v1=${mac('1.hello')}` };
    expect(await verify(stamped, request(old), [secret], { toleranceSeconds: 0 })).toMatchObject({
      reason: 'stale_timestamp',
    });
  });

  it('tern: a header value whose bytes and characters differ in number is refused, not thrown', async () => {
    const text = `sha256=${'é'.repeat(32)}${'a'.repeat(32)}`;
    expect(await verify(plain, request({ 'x-signature': text }), [secret])).toMatchObject({
      reason: 'malformed_signature',
    });
  });

  it('a header that means SHA-1 elsewhere is no SHA-256 signature here', async () => {
    const sha1 = createHmac('sha1', secret).update('hello').digest('hex');
    for (const text of [`sha1=${sha1}`, `sha256=${sha1}`])
      expect(await verify(plain, request({ 'x-signature': text }), [secret])).toMatchObject({
        reason: 'malformed_signature',
      });
  });
});
