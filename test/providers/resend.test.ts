import { Resend } from 'resend';
import { Webhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resend } from '../../providers/resend.ts';
import { accepts, arrival, check, genuine, signed, tampered } from './oracle.ts';

const webhookSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const id = 'msg_2mZkTc1WnPbRqXyVd6HgJ8sKfLu';
const body = '{"type":"email.delivered","data":{"subject":"Reçu $&"}}';
const sdk = new Resend('re_unused');

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('resend', () => {
  it("signs what Resend's SDK accepts, and it refuses the same for another body", async () => {
    const made = await signed(resend, body, webhookSecret, { headers: { 'svix-id': id } });
    const headers = {
      id,
      timestamp: made['svix-timestamp'] ?? '',
      signature: made['svix-signature'] ?? '',
    };
    expect(await accepts(() => sdk.webhooks.verify({ payload: body, headers, webhookSecret }))).toBe(true);
    expect(await accepts(() => sdk.webhooks.verify({ payload: tampered(body), headers, webhookSecret }))).toBe(false);
  });

  it('accepts what Svix signs for Resend, and no other body', async () => {
    const headers = {
      'svix-id': id,
      'svix-timestamp': String(arrival / 1000),
      'svix-signature': new Webhook(webhookSecret).sign(id, new Date(arrival), body),
    };
    expect(await check(resend, body, headers, webhookSecret)).toEqual(genuine);
    expect(await check(resend, tampered(body), headers, webhookSecret)).toMatchObject({ reason: 'signature_mismatch' });
  });
});
