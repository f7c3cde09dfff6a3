import { createHmac } from 'node:crypto';
import { Paddle } from '@paddle/paddle-node-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paddle } from '../../providers/paddle.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const secret = 'pdl_ntfset_01hookport_kU4bWlQ8W3m';
const ts = String(arrival / 1000);

function h1(body: string, key = secret, at = ts): string {
  return createHmac('sha256', key).update(`${at}:${body}`).digest('hex');
}

describe('paddle', () => {
  it("accepts the example of Paddle's Go SDK", async () => {
    // https://github.com/PaddleHQ/paddle-go-sdk/blob/main/example_webhook_verifier_test.go
    const key = 'pdl_ntfset_01hsdn8d43dt7mezr1ef2jtbaw_hKkRiCGyyRhbFwIUuqiTBgI7gnWoV0Gr';
    const header = 'ts=1710929255;h1=6c05ef8fa83c44d751be6d259ec955ce5638e2c54095bf128e408e2fce1589c8';
    const body =
      '{"data":{"id":"pri_01hsdn96k2hxjzsq5yerecdj9j","name":null,"status":"active","quantity":{"maximum":999999,"minimum":1},"tax_mode":"account_setting","product_id":"pro_01hsdn8qp7yydry3x1yeg6a9rv","unit_price":{"amount":"1000","currency_code":"USD"},"custom_data":null,"description":"testing","import_meta":null,"trial_period":null,"billing_cycle":{"interval":"month","frequency":1},"unit_price_overrides":[]},"event_id":"evt_01hsdn97563968dy0szkmgjwh3","event_type":"price.created","occurred_at":"2024-03-20T10:07:35.590857Z","notification_id":"ntf_01hsdn977e920kbgzt6r6c9rqc"}';
    const receivedAt = 1_710_929_255_000;
    const headers = { 'paddle-signature': header };
    expect(await check(paddle, body, headers, key, { receivedAt })).toEqual(genuine);
    expect(await check(paddle, tampered(body), headers, key, { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await signed(paddle, body, key, { receivedAt })).toEqual(headers);
    expect(identify(paddle, { headers, body: Buffer.from(body) })).toEqual({
      eventType: 'price.created',
      deliveryId: 'evt_01hsdn97563968dy0szkmgjwh3',
      idSigned: true,
      occurredAt: Date.parse('2024-03-20T10:07:35.590Z'),
    });
  });

  it('takes any secret with any h1', async () => {
    const [old, next] = [h1('{}', 'pdl_old'), h1('{}')];
    for (const header of [`ts=${ts};h1=${old};h1=${next}`, `ts=${ts};h1=${next};h1=${old}`, `h1=${next};ts=${ts}`])
      expect(await check(paddle, '{}', { 'paddle-signature': header }, secret)).toEqual(genuine);
    const both = { 'paddle-signature': `ts=${ts};h1=${old};h1=${h1('{}', 'pdl_other')}` };
    expect(await check(paddle, '{}', both, [secret, 'pdl_old'])).toEqual({ ok: true, secretIndex: 1 });
    expect(await check(paddle, '{}', both, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('allows 300 s between timestamp and arrival', async () => {
    const headers = { 'paddle-signature': `ts=${ts};h1=${h1('{}')}` };
    for (const seconds of [300, -300])
      expect(await check(paddle, '{}', headers, secret, { receivedAt: arrival + seconds * 1000 })).toEqual(genuine);
    for (const seconds of [301, -301])
      expect(await check(paddle, '{}', headers, secret, { receivedAt: arrival + seconds * 1000 })).toMatchObject({
        reason: 'stale_timestamp',
      });
  });
});

describe('paddle beside @paddle/paddle-node-sdk', () => {
  const { webhooks } = new Paddle('an API key that is never used');
  beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it.each(bodies)('agrees on %j, signed and changed', async (body) => {
    const headers = await signed(paddle, body, secret);
    const signature = headers['paddle-signature'] ?? '';
    expect(await webhooks.isSignatureValid(body, secret, signature)).toBe(true);
    expect(await webhooks.isSignatureValid(tampered(body), secret, signature)).toBe(false);
    expect(await check(paddle, tampered(body), headers, secret)).toMatchObject({ ok: false });
    expect(await webhooks.isSignatureValid(body, `${secret}x`, signature)).toBe(false);
    expect(await check(paddle, body, headers, `${secret}x`)).toMatchObject({ ok: false });
  });

  it('differs where the SDK reads the last h1 alone, takes the future, and takes an empty secret', async () => {
    const rotating = `ts=${ts};h1=${h1('{}')};h1=${h1('{}', 'pdl_old')}`;
    expect(await webhooks.isSignatureValid('{}', secret, rotating)).toBe(false);
    expect(await check(paddle, '{}', { 'paddle-signature': rotating }, secret)).toEqual(genuine);
    const year = String(arrival / 1000 + 31_536_000);
    const future = `ts=${year};h1=${h1('{}', secret, year)}`;
    expect(await webhooks.isSignatureValid('{}', secret, future)).toBe(true);
    expect(await check(paddle, '{}', { 'paddle-signature': future }, secret)).toMatchObject({ ok: false });
    const empty = `ts=${ts};h1=${h1('{}', '')}`;
    expect(await webhooks.isSignatureValid('{}', '', empty)).toBe(true);
    expect(await check(paddle, '{}', { 'paddle-signature': empty }, '')).toMatchObject({ reason: 'unusable_secret' });
  });
});
