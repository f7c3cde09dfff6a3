import Razorpay from 'razorpay';
import { describe, expect, it } from 'vitest';
import { razorpay } from '../../providers/razorpay.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

const header = 'x-razorpay-signature';

describe('razorpay', () => {
  // test/utils/razorpay-utils.spec.js of razorpay/razorpay-node
  const vector = {
    body: '{"a":1,"b":2,"c":{"d":3}}',
    secret: '123456',
    signature: '2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc',
  };

  it("accepts the vector of Razorpay's SDK, and nothing else", async () => {
    const { body, secret, signature } = vector;
    expect(await check(razorpay, body, { [header]: signature }, secret)).toEqual(genuine);
    expect(await signed(razorpay, body, secret)).toEqual({ [header]: signature });
    expect(await check(razorpay, tampered(body), { [header]: signature }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await check(razorpay, body, { [header]: 'sdfafds' }, secret)).toMatchObject({
      reason: 'malformed_signature',
    });
  });

  it.each(bodies)("signs what Razorpay's SDK accepts, and it refuses the same for another body: %j", async (body) => {
    const signature = (await signed(razorpay, body, vector.secret))[header] ?? '';
    expect(Razorpay.validateWebhookSignature(body, signature, vector.secret)).toBe(true);
    expect(Razorpay.validateWebhookSignature(tampered(body), signature, vector.secret)).toBe(false);
  });
});
