import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyPaddleWebhook } from 'verify-paddle-webhook';
import { paddleClassic } from '../../providers/paddle-classic.ts';
import { guide } from '../../providers/samples/paddle-classic.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { sign } from '../../src/signature/sign.ts';
import { arrival, check, genuine } from './oracle.ts';
import { fixtures, payload } from '../fixtures/paddle-classic.ts';

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

describe('paddle-classic', () => {
  it.each(fixtures)('accepts a fixture of verify-paddle-webhook, and refuses each changed field', async (fixture) => {
    const { publicKey, signature } = fixture;
    const signed: Record<string, string> = { ...payload, p_signature: signature };
    expect(await check(paddleClassic, form(signed), {}, publicKey)).toEqual(genuine);
    for (const name of Object.keys(payload)) {
      const changed = { ...signed, [name]: `${signed[name] ?? ''}1` };
      expect(verifyPaddleWebhook(publicKey, changed)).toBe(false);
      expect(await check(paddleClassic, form(changed), {}, publicKey)).toMatchObject({ reason: 'signature_mismatch' });
      const { [name]: _, ...without } = signed;
      expect(await check(paddleClassic, form(without), {}, publicKey)).toMatchObject({ reason: 'signature_mismatch' });
    }
  });

  it('takes the signature of one key for no other', async () => {
    const [one, other] = fixtures;
    const body = form({ ...payload, p_signature: one?.signature ?? '' });
    expect(await check(paddleClassic, body, {}, other?.publicKey ?? '')).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await check(paddleClassic, body, {}, [other?.publicKey ?? '', one?.publicKey ?? ''])).toEqual({
      ok: true,
      secretIndex: 1,
    });
  });

  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signed = async (body: string) => {
    const unsigned = { body: Buffer.from(body), timestamp: arrival };
    return Buffer.from((await sign(paddleClassic.verify, unsigned, privateKey)).body).toString();
  };

  it.each([
    { a: 'Grüße 👋 $& é', b: '', c: '1;s:1:"x";' },
    { z: '1', A: '2', a_b: '3', 'a-b': '4', B: '5' },
    { plus: 'a+b c', percent: '100%', quote: '"\'', lines: 'a\r\nb', nul: 'a\u0000b' },
    {},
  ])('signs what verify-paddle-webhook accepts, whatever is in the fields: %j', async (fields) => {
    const body = await signed(form(fields));
    const parsed = Object.fromEntries(new URLSearchParams(body));
    expect(verifyPaddleWebhook(publicKey, parsed)).toBe(true);
    expect(verifyPaddleWebhook(publicKey, { ...parsed, more: '1' })).toBe(false);
    expect(await check(paddleClassic, body, {}, publicKey)).toEqual(genuine);
    expect(await check(paddleClassic, `${body}&more=1`, {}, publicKey)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses what PHP would read in another way: a field twice, an array, a number for a name', async () => {
    const body = await signed('alert_id=1');
    for (const more of ['alert_id=2', 'a%5B%5D=1', '0=1', 'a.b=1', '=1'])
      expect(await check(paddleClassic, `${body}&${more}`, {}, publicKey)).toMatchObject({ reason: 'malformed_body' });
  });

  it('refuses a form without a signature, and what is no form', async () => {
    expect(await check(paddleClassic, 'alert_id=1', {}, publicKey)).toMatchObject({ reason: 'missing_signature' });
    expect(await check(paddleClassic, 'p_signature=', {}, publicKey)).toMatchObject({ reason: 'missing_signature' });
    const bytes = Buffer.from([0x61, 0x3d, 0xff]);
    expect(await check(paddleClassic, bytes, {}, publicKey)).toMatchObject({ reason: 'malformed_body' });
  });

  it('finds the type and the id of every sample among the signed fields', async () => {
    for (const { event, headers, body } of await guide.samples()) {
      const identity = identify(paddleClassic, { headers, body: Buffer.from(await signed(body)) });
      expect(identity).toMatchObject({ eventType: event, idSigned: true });
    }
  });
});
