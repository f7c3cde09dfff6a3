import { verifyWebhook } from '@clerk/backend/webhooks';
import { Webhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clerk } from '../../providers/clerk.ts';
import { accepts, arrival, check, genuine, signed, tampered } from './oracle.ts';

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const id = 'msg_2mZkQv6RnYbTdGx0HfJk4sWpAzE';
const body = '{"type":"user.created","data":{"id":"user_1","first_name":"Zoë $&"}}';

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

function request(text: string, headers: Record<string, string>): Request {
  return new Request('https://example.com/clerk', { method: 'POST', body: text, headers });
}

describe('clerk', () => {
  it("signs what Clerk's SDK accepts, and it refuses the same for another body or secret", async () => {
    const headers = await signed(clerk, body, secret, { headers: { 'svix-id': id } });
    const verified = (text: string, signingSecret = secret) =>
      accepts(() => verifyWebhook(request(text, headers), { signingSecret }));
    expect(await verified(body)).toBe(true);
    expect(await verified(tampered(body))).toBe(false);
    expect(await verified(body, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toBe(false);
  });

  it('accepts what Svix signs for Clerk, and no other body (CVE-2025-53548)', async () => {
    const headers = {
      'svix-id': id,
      'svix-timestamp': String(arrival / 1000),
      'svix-signature': new Webhook(secret).sign(id, new Date(arrival), body),
    };
    expect(await check(clerk, body, headers, secret)).toEqual(genuine);
    expect(await check(clerk, tampered(body), headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
    expect(await check(clerk, body, { ...headers, 'svix-signature': 'v1,' }, secret)).toMatchObject({ ok: false });
  });
});
