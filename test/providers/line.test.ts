import { validateSignature } from '@line/bot-sdk';
import { describe, expect, it } from 'vitest';
import { line } from '../../providers/line.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

const header = 'x-line-signature';

describe('line', () => {
  // https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
  const secret = '8c570fa6dd201bb328f1c1eac23a96d8';
  const vector = {
    body: '{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}',
    signature: 'GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=',
  };

  it("accepts the example of LINE's documentation, as LINE's SDK does", async () => {
    expect(validateSignature(vector.body, secret, vector.signature)).toBe(true);
    expect(await check(line, vector.body, { [header]: vector.signature }, secret)).toEqual(genuine);
    expect(await check(line, tampered(vector.body), { [header]: vector.signature }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each(bodies)("signs what LINE's SDK accepts, and it refuses the same for another body: %j", async (body) => {
    const signature = (await signed(line, body, secret))[header] ?? '';
    expect(validateSignature(body, secret, signature)).toBe(true);
    expect(validateSignature(tampered(body), secret, signature)).toBe(false);
  });

  it("is stricter than LINE's SDK: base64 with garbage in it is refused", async () => {
    const loose = vector.signature.replace('=', '\u0020=');
    expect(validateSignature(vector.body, secret, loose)).toBe(true);
    expect(await check(line, vector.body, { [header]: loose }, secret)).toMatchObject({
      reason: 'malformed_signature',
    });
  });

  it('has no event type for the request of the Verify button', () => {
    expect(identify(line, { headers: {}, body: Buffer.from(vector.body) }).eventType).toBeUndefined();
  });
});
