import { verifyKey } from 'discord-interactions';
import { createPrivateKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { standardWebhooksProvider } from '../../providers/standard-webhooks.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const provider = standardWebhooksProvider;

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('standard-webhooks v1', () => {
  // libraries/javascript/src/index.test.ts of standard-webhooks/standard-webhooks
  const vector = {
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const vectorBody = '{"test": 2432232314}';
  const receivedAt = 1614265330_000;

  it('accepts the vector of the reference libraries, and no other body', async () => {
    expect(await check(provider, vectorBody, vector, secret, { receivedAt })).toEqual(genuine);
    expect(await check(provider, tampered(vectorBody), vector, secret, { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('takes another id for another message', async () => {
    const headers = { ...vector, 'webhook-id': `${id}X` };
    expect(await check(provider, vectorBody, headers, secret, { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each(bodies)('agrees with standardwebhooks both ways on %j', async (body) => {
    const webhook = new Webhook(secret);
    const theirs = {
      'webhook-id': id,
      'webhook-timestamp': String(arrival / 1000),
      'webhook-signature': webhook.sign(id, new Date(arrival), body),
    };
    expect(await check(provider, body, theirs, secret)).toEqual(genuine);
    const ours = await signed(provider, body, secret, { headers: { 'webhook-id': id } });
    expect(ours).toEqual(theirs);
    expect(await accepts(() => webhook.verify(body, ours, { jsonParse: false }))).toBe(true);
    expect(await accepts(() => webhook.verify(tampered(body), ours, { jsonParse: false }))).toBe(false);
    expect(await check(provider, tampered(body), theirs, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('accepts the signature of either secret while both are sent, as the reference does', async () => {
    const older = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    const body = '{"rotation":true}';
    const both = [older, secret].map((each) => new Webhook(each).sign(id, new Date(arrival), body)).join(' ');
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(arrival / 1000), 'webhook-signature': both };
    expect(await check(provider, body, headers, secret)).toEqual(genuine);
    expect(await check(provider, body, headers, older)).toEqual(genuine);
    expect(await accepts(() => new Webhook(secret).verify(body, headers))).toBe(true);
  });

  it('is stricter than the reference: it takes no timestamp with trailing letters', async () => {
    const body = '{}';
    const headers = await signed(provider, body, secret, { headers: { 'webhook-id': id } });
    const odd = { ...headers, 'webhook-timestamp': `${headers['webhook-timestamp']}abc` };
    expect(await accepts(() => new Webhook(secret).verify(body, odd))).toBe(true);
    expect(await check(provider, body, odd, secret)).toMatchObject({ reason: 'malformed_timestamp' });
  });

  it('tells bodies apart that are not UTF-8, which the reference does not', async () => {
    const headers = await signed(provider, '\ufffd', secret, { headers: { 'webhook-id': id } });
    const notUtf8 = Buffer.from([0xff]);
    expect(await accepts(() => new Webhook(secret).verify(notUtf8, headers, { jsonParse: false }))).toBe(true);
    expect(await check(provider, notUtf8, headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses a signature of version 1a alone', async () => {
    const headers = { ...vector, 'webhook-signature': vector['webhook-signature'].replace('v1,', 'v1a,') };
    expect(await check(provider, vectorBody, headers, secret, { receivedAt })).toMatchObject({
      reason: 'missing_signature',
    });
  });
});

describe('standard-webhooks v1a', () => {
  const pair = generateKeyPairSync('ed25519');
  const raw = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const seed = pair.privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  const publicKey = `whpk_${raw.toString('base64')}`;
  const alternative = 'v1a';
  const timestamp = String(arrival / 1000);

  it.each(bodies)('signs what a WebCrypto verifier accepts: %j', async (body) => {
    const headers = await signed(provider, body, `whsk_${seed.toString('base64')}`, {
      headers: { 'webhook-id': id },
      alternative,
    });
    const signature = Buffer.from(headers['webhook-signature']?.slice('v1a,'.length) ?? '', 'base64').toString('hex');
    const before = `${id}.${timestamp}.`;
    expect(await verifyKey(body, signature, before, raw.toString('hex'))).toBe(true);
    expect(await verifyKey(tampered(body), signature, before, raw.toString('hex'))).toBe(false);
  });

  it('accepts what node:crypto signs, also beside a symmetric signature, and nothing else', async () => {
    const body = '{"asymmetric":true}';
    const key = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const signature = signBytes(null, Buffer.from(`${id}.${timestamp}.${body}`), key).toString('base64');
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,${signature}`,
    };
    expect(await check(provider, body, headers, publicKey, { alternative })).toEqual(genuine);
    expect(await check(provider, tampered(body), headers, publicKey, { alternative })).toMatchObject({
      reason: 'signature_mismatch',
    });
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    expect(await check(provider, body, headers, `whpk_${other.toString('base64')}`, { alternative })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('takes no symmetric secret for a public key', async () => {
    const headers = await signed(provider, '{}', secret, { headers: { 'webhook-id': id } });
    expect(await check(provider, '{}', headers, secret, { alternative })).toMatchObject({ reason: 'unusable_secret' });
  });
});
