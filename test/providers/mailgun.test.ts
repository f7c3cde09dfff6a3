import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mailgun } from '../../providers/mailgun.ts';
import { guide } from '../../providers/samples/mailgun.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { sign } from '../../src/signature/sign.ts';
import { arrival, check, genuine } from './oracle.ts';

const key = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const token = '3f8a2c1e9b7d4f60a5c8e1b2d3f4a5b6c7d8e9f0a1b2c3d4e5';

/** Signed by the words of Mailgun's documentation, with node:crypto alone. */
function request(event: object, timestamp = String(arrival / 1000), fields: object = {}): string {
  const signature = createHmac('sha256', key).update(timestamp).update(token).digest('hex');
  return JSON.stringify({ signature: { timestamp, token, signature, ...fields }, 'event-data': event });
}

describe('mailgun', () => {
  it("accepts the vector in the tests of Mailgun's PHP library, and refuses the one that they refuse", async () => {
    // testVerifyWebhookGood and testVerifyWebhookBad in tests/Api/WebhookTest.php of mailgun/mailgun-php
    const secret = 'key-3ax6xnjp29jd6fds4gc373sgvjxteol0';
    const receivedAt = 1403645220_000;
    const body = (tokenOf: string) =>
      JSON.stringify({
        signature: {
          timestamp: '1403645220',
          token: tokenOf,
          signature: '9cfc5c41582e51246e73c88d34db3af0a3a2692a76fbab81492842f000256d33',
        },
        'event-data': { event: 'opened' },
      });
    const good = body('5egbgr1vjgqxtrnp65xfznchgdccwh5d6i09vijqi3whgowmn6');
    const bad = body('owyldpe6nxhmrn78epljl6bj0orrki1u3d2v5e6cnlmmuox8jr');
    expect(await check(mailgun, good, {}, secret, { receivedAt })).toEqual(genuine);
    expect(await check(mailgun, bad, {}, secret, { receivedAt })).toMatchObject({ reason: 'signature_mismatch' });
    const later = { receivedAt: receivedAt + 8 * 3_600_000 + 1000 };
    expect(await check(mailgun, good, {}, secret, later)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('verifies and signs by the words of its documentation', async () => {
    expect(await check(mailgun, request({ event: 'opened' }), {}, key)).toEqual(genuine);
    for (const sample of await guide.samples()) {
      const unsigned = { body: Buffer.from(sample.body), headers: sample.headers, timestamp: arrival };
      const { body } = await sign(schemeOf(mailgun), unsigned, key);
      const { signature } = JSON.parse(Buffer.from(body).toString()) as { signature: Record<string, string> };
      const expected = createHmac('sha256', key).update(`${signature['timestamp']}${signature['token']}`).digest('hex');
      expect(signature['signature']).toBe(expected);
      expect(await check(mailgun, body, sample.headers, key)).toEqual(genuine);
    }
  });

  it('cannot tell one event from another, as Mailgun does not sign it: only the token is its own', async () => {
    const one = request({ event: 'opened', id: 'a' });
    const forged = request({ event: 'complained', id: 'b' });
    expect(await check(mailgun, forged, {}, key)).toEqual(genuine);
    const ids = [one, forged].map((body) => identify(mailgun, { headers: {}, body: Buffer.from(body) }));
    expect(ids).toMatchObject([
      { deliveryId: token, idSigned: true },
      { deliveryId: token, idSigned: true },
    ]);
  });

  it('takes the last retry that Mailgun documents, also if it is signed like the first try, and nothing older', async () => {
    const lastRetry = (5 + 10 + 15 + 60 + 120 + 240) * 60;
    const sentBefore = (seconds: number) => request({ event: 'opened' }, String(arrival / 1000 - seconds));
    expect(await check(mailgun, sentBefore(lastRetry + 60), {}, key)).toEqual(genuine);
    const { horizonSeconds } = mailgun.retry;
    expect(await check(mailgun, sentBefore(horizonSeconds + 1), {}, key)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('takes the second signature of a subaccount, with the key of its primary account, only where a source says so', async () => {
    const primary = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
    const timestamp = String(arrival / 1000);
    const fields = { 'parent-signature': createHmac('sha256', primary).update(timestamp).update(token).digest('hex') };
    const body = request({ event: 'opened' }, timestamp, fields);
    const alternative = 'primary-account';
    expect(await check(mailgun, body, {}, primary, { alternative })).toEqual(genuine);
    expect(await check(mailgun, body, {}, key, { alternative })).toMatchObject({ reason: 'signature_mismatch' });
    expect(await check(mailgun, body, {}, key)).toEqual(genuine);
    expect(await check(mailgun, body, {}, primary)).toMatchObject({ reason: 'signature_mismatch' });
    const ofPrimary = request({ event: 'opened' });
    expect(await check(mailgun, ofPrimary, {}, key, { alternative })).toMatchObject({ reason: 'missing_signature' });
  });

  it('takes no digit of the timestamp for one of the token', async () => {
    const timestamp = String(arrival / 1000);
    for (const at of [timestamp.length - 1, timestamp.length + 1]) {
      const all = timestamp + token;
      const moved = request({}, timestamp, { timestamp: all.slice(0, at), token: all.slice(at) });
      expect(await check(mailgun, moved, {}, key)).toMatchObject({ ok: false });
    }
  });

  it('refuses what has no signature, no token, or no JSON', async () => {
    for (const [body, reason] of [
      ['{"event-data":{}}', 'missing_signature'],
      [request({}, undefined, { token: undefined }), 'malformed_body'],
      [request({}, undefined, { token: { a: 1 } }), 'malformed_body'],
      [request({}, undefined, { timestamp: undefined }), 'missing_timestamp'],
      ['signature=x', 'malformed_body'],
    ] as const)
      expect(await check(mailgun, body, {}, key)).toMatchObject({ reason });
  });
});
