import { LinearWebhookClient } from '@linear/sdk/webhooks';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { linear } from '../../providers/linear.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { sign } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { accepts, arrival, check, genuine, tampered } from './oracle.ts';

const secret = 'lin_wh_9vTzR7mXwKcB2nYdLhGsUaPe5i3o';
const sdk = new LinearWebhookClient(secret);

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

function body(webhookTimestamp: unknown, title = 'Café $&'): string {
  return JSON.stringify({ action: 'create', type: 'Issue', data: { title }, webhookTimestamp });
}

function headers(text: string): Record<string, string> {
  return { 'linear-signature': createHmac('sha256', secret).update(text).digest('hex') };
}

function verifies(text: string, signature = headers(text)['linear-signature'] ?? ''): Promise<boolean> {
  return accepts(() => {
    const { webhookTimestamp } = JSON.parse(text) as { webhookTimestamp: number };
    if (!sdk.verify(Buffer.from(text), signature, webhookTimestamp)) throw new Error('refused');
  });
}

describe('linear', () => {
  it("agrees with Linear's SDK on a genuine body and on a tampered one", async () => {
    const text = body(arrival);
    expect(await verifies(text)).toBe(true);
    expect(await check(linear, text, headers(text), secret)).toEqual(genuine);
    const other = tampered(text);
    expect(await verifies(other, headers(text)['linear-signature'])).toBe(false);
    expect(await check(linear, other, headers(text), secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it("signs what Linear's SDK accepts, and it refuses the same for another body", async () => {
    for (const title of ['Café $&', '$1 $$ $`', '👋 \u0000 \r\n']) {
      const request = { body: Buffer.from(body(1, title)), timestamp: arrival };
      const made = await sign(schemeOf(linear), request, secret);
      const text = Buffer.from(made.body).toString();
      const signature = made.headers['linear-signature'] ?? '';
      expect(JSON.parse(text)).toMatchObject({ data: { title }, webhookTimestamp: arrival });
      expect(await verifies(text, signature)).toBe(true);
      expect(await verifies(tampered(text), signature)).toBe(false);
    }
  });

  it('takes the last retry with the body of the first try, unlike the SDK, and nothing older', async () => {
    // After 1 min, 1 h and 6 h; https://github.com/vercel/eve/issues/1570 tells what a minute does to them.
    const lastRetry = (1 + 60 + 360) * 60_000;
    const retried = body(arrival - lastRetry - 60_000);
    expect(await verifies(retried)).toBe(false);
    expect(await check(linear, retried, headers(retried), secret)).toEqual(genuine);
    const old = body(arrival - linear.retry.horizonSeconds * 1000 - 1000);
    expect(await check(linear, old, headers(old), secret)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('agrees with the SDK that 61 seconds are too old, where the source sets a minute', async () => {
    const text = body(arrival - 61_000);
    expect(await verifies(text)).toBe(false);
    const request = { headers: headers(text), body: Buffer.from(text), receivedAt: arrival };
    expect(await verify(schemeOf(linear), request, [secret], { toleranceSeconds: 60 })).toMatchObject({
      reason: 'stale_timestamp',
    });
  });

  it('takes the time from the signed body, whatever an unsigned header says', async () => {
    const text = body(arrival - 9 * 3_600_000);
    const fresh = { ...headers(text), 'linear-timestamp': String(arrival) };
    expect(await check(linear, text, fresh, secret)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('refuses a genuine body without its timestamp, or with one that is not a number of milliseconds', async () => {
    for (const value of [undefined, null, '', 'soon', 1.5, -1]) {
      const text = body(value);
      expect(await check(linear, text, headers(text), secret)).toMatchObject({ ok: false });
    }
  });
});
