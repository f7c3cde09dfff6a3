import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { zendesk } from '../../providers/zendesk.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { bodies, check, genuine, signed } from './oracle.ts';

// Zendesk publishes no vector that is exact to the byte, so this computes what its page says: the base64 HMAC-SHA256
// of the timestamp followed by the body. https://developer.zendesk.com/documentation/webhooks/verifying/
const secret = 'HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=';
const at = '2026-11-03T16:20:05Z';

function headersFor(body: string | Uint8Array, key = secret, timestamp = at): Record<string, string> {
  const mac = createHmac('sha256', key).update(timestamp).update(body).digest('base64');
  return { 'x-zendesk-webhook-signature': mac, 'x-zendesk-webhook-signature-timestamp': timestamp };
}

describe('zendesk', () => {
  it.each([...bodies, ''])('accepts and makes what the documented formula gives for %j', async (body) => {
    expect(await check(zendesk, body, headersFor(body), secret)).toEqual(genuine);
    expect(await signed(zendesk, body, secret)).toEqual(headersFor(body));
  });

  it('uses the secret as it is written, though it looks like base64', async () => {
    const decoded = createHmac('sha256', Buffer.from(secret, 'base64')).update(`${at}{}`).digest('base64');
    const headers = { ...headersFor('{}'), 'x-zendesk-webhook-signature': decoded };
    expect(await check(zendesk, '{}', headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('does not take the body before the timestamp, as an older revision of the page had it', async () => {
    // Its example: matches body + timestamp and nothing else.
    const body = '{"say": "hello"}';
    const timestamp = '2021-07-25T10:00:00Z';
    const older = createHmac('sha256', secret).update(body).update(timestamp).digest('base64');
    expect(older).toMatch(/^tRDSF7UR.*teMw=$/);
    const headers = { ...headersFor(body, secret, timestamp), 'x-zendesk-webhook-signature': older };
    const receivedAt = Date.parse(timestamp);
    expect(await check(zendesk, body, headers, secret, { receivedAt })).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('never accepts the secret that Zendesk publishes for tests, alone or beside another', async () => {
    const published = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';
    const headers = headersFor('{}', published);
    for (const secrets of [[published], [secret, published], [published, secret]])
      expect(await check(zendesk, '{}', headers, secrets)).toMatchObject({ reason: 'unusable_secret' });
    await expect(signed(zendesk, '{}', published)).rejects.toMatchObject({ code: 'secret_missing' });
  });

  it.each(['2026-11-03T16:30:05Z', '2026-11-03T16:10:05Z'])('refuses the timestamp %s as stale', async (timestamp) => {
    expect(await check(zendesk, '{}', headersFor('{}', secret, timestamp), secret)).toMatchObject({
      reason: 'stale_timestamp',
    });
  });

  it('refuses a request whose timestamp was taken away', async () => {
    const { 'x-zendesk-webhook-signature-timestamp': _, ...headers } = headersFor('{}');
    expect(await check(zendesk, '{}', headers, secret)).toMatchObject({ reason: 'missing_timestamp' });
  });

  it('takes type and id from an event, and falls back to the invocation id, which is not signed', () => {
    const headers = { 'x-zendesk-webhook-invocation-id': '01F67FQ0CTGD5NY8G6HGQ5V4A7' };
    const event = '{"id":"01J","type":"zen:event-type:user.created","zendesk_event_version":"2022-06-20"}';
    expect(identify(zendesk, { headers, body: Buffer.from(event) })).toEqual({
      eventType: 'zen:event-type:user.created',
      deliveryId: '01J/2022-06-20',
      idSigned: true,
    });
    for (const body of ['<ticket/>', '{"ticket":5158}', '', '{"id":""}'])
      expect(identify(zendesk, { headers, body: Buffer.from(body) })).toEqual({
        eventType: undefined,
        deliveryId: '01F67FQ0CTGD5NY8G6HGQ5V4A7',
        idSigned: false,
      });
  });

  it('does not take the ticket that a trigger names for the delivery: its next change would count as seen', () => {
    for (const invocation of ['01F67FQ0CTGD5NY8G6HGQ5V4A7', '01F67FQ0CTGD5NY8G6HGQ5V4A8'])
      expect(
        identify(zendesk, {
          headers: { 'x-zendesk-webhook-invocation-id': invocation },
          body: Buffer.from('{"id":"5158","type":"question","status":"open"}'),
        }),
      ).toEqual({ eventType: 'question', deliveryId: invocation, idSigned: false });
  });
});
