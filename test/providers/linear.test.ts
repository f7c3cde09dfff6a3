import { LinearWebhookClient } from '@linear/sdk/webhooks';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { linear } from '../../providers/linear.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { sign } from '../../src/signature/sign.ts';
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

  it('agrees with it that 61 seconds are too old', async () => {
    const text = body(arrival - 61_000);
    expect(await verifies(text)).toBe(false);
    expect(await check(linear, text, headers(text), secret)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('takes the time from the signed body, whatever an unsigned header says', async () => {
    const text = body(arrival - 600_000);
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
