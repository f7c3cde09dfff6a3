import { describe, expect, it } from 'vitest';
import { square } from '../../providers/square.ts';
import { check, genuine, signed, tampered } from './oracle.ts';
import { judge, readRecorded, requestsCalled } from './recorded/recorded.ts';

describe('square', () => {
  // The example of https://developer.squareup.com/docs/webhooks/step3validate
  const signatureKey = 'asdf1234';
  const url = 'https://example.com/webhook';
  const body = '{"hello":"world"}';
  const headers = { 'x-square-hmacsha256-signature': '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=' };

  it("accepts the example of Square's documentation; no other body, and no other URL", async () => {
    expect(await check(square, body, headers, signatureKey, { url })).toEqual(genuine);
    expect(await signed(square, body, signatureKey, { url })).toEqual(headers);
    expect(await check(square, tampered(body), headers, signatureKey, { url })).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await check(square, body, headers, signatureKey, { url: `${url}/` })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  const recorded = readRecorded('square');

  it.each(recorded.requests)("judges as Square's SDK does what came $what: $body", async (request) => {
    expect((await judge(square, recorded, request)).ok).toBe(request.accepted);
  });

  it.each(requestsCalled(recorded, 'as signed'))("signs what Square's SDK accepts: $body", async (accepted) => {
    expect(await signed(square, accepted.body, recorded.secret, { url })).toEqual(accepted.headers);
  });

  it('says what is missing when no public URL is configured', async () => {
    expect(await check(square, body, headers, signatureKey)).toMatchObject({ reason: 'missing_context' });
  });
});
