import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { Readable } from 'node:stream';
import MessageValidator from 'sns-validator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsSns } from '../../providers/aws-sns.ts';
import { guide } from '../../providers/samples/aws-sns.ts';
import { snsScheme } from '../../providers/schemes/aws-sns.ts';
import { parsePayload } from '../../src/catalogue/payload.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { verify } from '../../src/signature/verify.ts';
import { arrival, genuine } from './oracle.ts';

/** A pair made for these tests with `openssl req -x509 -subj /CN=sns.amazonaws.com`; it signs nothing elsewhere. */
const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const certificate = fixture('sns-test-certificate.pem');
const key = fixture('sns-test-key.pem');
/** More of that key, each below the name that it is in; made with `openssl ca -selfsign`. */
const regional = new Map(
  [
    ...fixture('sns-regional-certificates.pem').matchAll(/^([\w.-]+)\n(-----BEGIN.+?-----END CERTIFICATE-----)$/gms),
  ].map(([, name = '', pem = '']) => [name, pem]),
);

const topic = 'arn:aws:sns:eu-central-1:123456789012:orders';
const certUrl = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-01d088a6f77103d0fe307c0069e40ed6.pem';
const fields = {
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: topic,
  Message: 'Grüße $& 👋\nline two\r\n',
  Timestamp: '2026-11-03T16:20:04.751Z',
};
const confirmation = {
  ...fields,
  Type: 'SubscriptionConfirmation',
  Token: '2336412f37',
  SubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37',
};

type Fields = Record<string, string>;

/** Signed as AWS's documentation tells: these fields, each name and value on lines of their own. */
function message(content: Fields, version: '1' | '2' = '2', privateKey: Parameters<typeof signBytes>[2] = key): Fields {
  const names = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.map((name) => (content[name] === undefined ? '' : `${name}\n${content[name]}\n`)).join('');
  const Signature = signBytes(version === '2' ? 'sha256' : 'sha1', Buffer.from(text), privateKey).toString('base64');
  return { ...content, SignatureVersion: version, Signature, SigningCertURL: certUrl };
}

async function verdict(
  content: unknown,
  topics: readonly string[] = [topic],
  version: '1' | '2' = '2',
  pem: string = certificate,
) {
  const fetched: string[] = [];
  const fetchPem = (url: string) => {
    fetched.push(url);
    return Promise.resolve(pem);
  };
  const scheme = snsScheme(version, { fetchPem, clock: () => 0 });
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return { ...(await verify(scheme, { headers: {}, body, receivedAt: arrival + 60_000 }, topics)), fetched };
}

function validates(content: Fields): Promise<boolean> {
  return new Promise((resolve) => {
    new MessageValidator().validate({ ...content }, (error) => resolve(error === null));
  });
}

beforeEach(() => {
  vi.spyOn(https, 'get').mockImplementation(((_url: string, done: (response: Readable) => void) => {
    done(Object.assign(Readable.from([certificate]), { statusCode: 200 }));
    return { on: () => undefined };
  }) as unknown as typeof https.get);
});
afterEach(() => void vi.restoreAllMocks());

describe('aws-sns', () => {
  it.each([
    ['a notification', fields],
    ['a notification with a subject', { ...fields, Subject: 'Order' }],
    ['a confirmation of a subscription', confirmation],
  ] as const)('agrees with sns-validator on %s, in both versions, and on each changed field', async (_, content) => {
    for (const version of ['1', '2'] as const) {
      const signed = message(content, version);
      expect(await verdict(signed, [topic], version)).toEqual({ ...genuine, fetched: [certUrl] });
      expect(await validates(signed)).toBe(true);
      for (const name of Object.keys(content)) {
        const changed = { ...signed, [name]: `${signed[name] ?? ''}x` };
        expect(await verdict(changed, [topic], version)).toMatchObject({ ok: false });
        expect(await validates(changed)).toBe(false);
      }
    }
  });

  it("verifies the end of a subscription by AWS's documentation, which sns-validator leaves the token out of", async () => {
    const signed = message({ ...confirmation, Type: 'UnsubscribeConfirmation' });
    expect(await verdict(signed)).toMatchObject(genuine);
    expect(await validates(signed)).toBe(false);
  });

  it('takes messages of the configured topics alone: anyone can have one', async () => {
    const signed = message({ ...fields, TopicArn: 'arn:aws:sns:eu-central-1:999999999999:orders' });
    expect(await validates(signed)).toBe(true);
    expect(await verdict(signed)).toMatchObject({ reason: 'signature_mismatch', fetched: [] });
    const other = 'arn:aws:sns:eu-central-1:123456789012:other.fifo';
    expect(await verdict(message(fields), [other, topic])).toMatchObject({ ok: true, secretIndex: 1 });
  });

  it('lets the configuration choose the hash, never the message', async () => {
    expect(await verdict(message(fields, '1'))).toMatchObject({ reason: 'malformed_signature', fetched: [] });
    expect(await verdict({ ...message(fields, '1'), SignatureVersion: '2' })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each([
    'https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-01.pem',
    'https://sns.eu-central-1.amazonaws.com/bucket/SimpleNotificationService-01.pem',
    'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-zz.pem',
    'https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-01.pem',
    'https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-01.pem',
    'https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-01.pem',
    'http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-01.pem',
    'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-01.pem?x=1',
    'https://169.254.169.254/SimpleNotificationService-01.pem',
    'file:///SimpleNotificationService-01.pem',
  ])('never fetches %s', async (url) => {
    const forged = { ...message(fields), SigningCertURL: url };
    expect(await verdict(forged)).toMatchObject({ reason: 'malformed_signature', fetched: [] });
  });

  it('is stricter than sns-validator, which fetches from a bucket that anyone may have', async () => {
    const SigningCertURL = 'https://sns.s3-us-west-2.amazonaws.com/evil.pem';
    expect(await validates({ ...message(fields), SigningCertURL })).toBe(true);
  });

  it('fetches from the hosts of all partitions', async () => {
    for (const host of [
      'us-gov-west-1.amazonaws.com',
      'cn-north-1.amazonaws.com.cn',
      'ap-southeast-4.amazonaws.com',
      'eusc-de-east-1.amazonaws.eu',
    ]) {
      const SigningCertURL = `https://sns.${host}/SimpleNotificationService-01.pem`;
      expect(await verdict({ ...message(fields), SigningCertURL })).toMatchObject(genuine);
    }
  });

  // The names are those of SnsHostProviderTest.java of aws/aws-sdk-java-v2.
  it.each([
    'sns-signing.af-south-1.amazonaws.com',
    'sns-signing.mx-central-1.amazonaws.com',
    'sns-us-gov-west-1.amazonaws.com',
    'sns-cn-northwest-1.amazonaws.com.cn',
    'sns-signing.eusc-de-east-1.amazonaws.eu',
  ])("takes a certificate in the name of %s, which AWS's own library expects in some region", async (name) => {
    expect(await verdict(message(fields), [topic], '2', regional.get(name))).toMatchObject(genuine);
  });

  it.each(['sns.example.com', 'snsx.amazonaws.com', 'sns.amazonaws.com.evil.example', 's3.amazonaws.com'])(
    'takes none in the name of %s',
    async (name) => {
      expect(regional.has(name)).toBe(true);
      expect(await verdict(message(fields), [topic], '2', regional.get(name))).toMatchObject({
        reason: 'signature_mismatch',
        detail: "the certificate is not in the provider's name",
      });
    },
  );

  it('refuses the same signed text cut into other fields, so that nobody gives a caught message another id', async () => {
    const signed = message({ ...fields, Subject: 'Order' });
    const { Subject: _, ...withoutSubject } = signed;
    const cut = { ...withoutSubject, MessageId: `${fields.MessageId}\nSubject\nOrder` };
    // It is the very text that was signed, and AWS's documentation has nothing against it.
    expect(await validates(cut)).toBe(true);
    expect(await verdict(cut)).toMatchObject({ reason: 'malformed_body', fetched: [] });
    const quoting = message({ ...fields, Message: 'order 7\nMessageId\nmade-up\nSubject\npaid' });
    const spread = {
      ...quoting,
      Message: 'order 7',
      MessageId: 'made-up',
      Subject: `paid\nMessageId\n${fields.MessageId}`,
    };
    expect(await validates(spread)).toBe(true);
    expect(await verdict(spread)).toMatchObject({ reason: 'malformed_body', fetched: [] });
  });

  it('refuses what another key signed', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(await verdict(message(fields, '2', privateKey))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses what is hours old, and what is no message, before it fetches anything', async () => {
    const old = message({ ...fields, Timestamp: '2026-11-03T14:20:04.751Z' });
    const { Token: _, ...withoutToken } = confirmation;
    for (const [content, reason] of [
      [old, 'stale_timestamp'],
      [{ ...message(fields), Timestamp: 'yesterday' }, 'malformed_timestamp'],
      [{ ...message(fields), Signature: undefined }, 'missing_signature'],
      [{ ...message(fields), Signature: 'no base64' }, 'malformed_signature'],
      [{ ...message(fields), Type: 'constructor' }, 'malformed_body'],
      [message(withoutToken), 'malformed_body'],
      [{ ...message(fields), Message: { a: 1 } }, 'malformed_body'],
      ['raw message delivery', 'malformed_body'],
      ['{"raw":"message delivery"}', 'missing_signature'],
      ['null', 'missing_signature'],
    ] as const)
      expect(await verdict(content)).toMatchObject({ reason, fetched: [] });
  });

  it('takes nothing but an ARN of a topic in place of the secret', async () => {
    for (const secret of ['', '*', 'arn:aws:sns:*:*:*', `${topic}\n`, 'arn:aws:sqs:eu-central-1:123456789012:orders'])
      expect(await verdict(message(fields), [secret])).toMatchObject({ reason: 'unusable_secret', fetched: [] });
  });

  it('knows that the id is signed, and the attributes of a message are not', async () => {
    const signed = { ...message(fields), MessageAttributes: { a: { Type: 'String', Value: 'anything' } } };
    expect(await verdict(signed)).toMatchObject(genuine);
    expect(identify(awsSns, { headers: {}, body: Buffer.from(JSON.stringify(signed)) })).toEqual({
      eventType: 'Notification',
      deliveryId: fields.MessageId,
      idSigned: true,
      occurredAt: Date.parse(fields.Timestamp),
    });
  });

  it('gives a handler the message as JSON, though SNS sends it as text/plain', async () => {
    const definition: Provider = awsSns;
    for (const sample of await guide.samples()) {
      const sent = { 'content-type': 'text/plain; charset=UTF-8', ...sample.headers };
      const headers = Object.fromEntries(Object.entries(sent).filter(([name]) => Object.hasOwn(awsSns.headers, name)));
      const body = Buffer.from(sample.body);
      expect(parsePayload(definition, { headers, body })).toMatchObject({ Type: sample.event });
    }
  });
});
