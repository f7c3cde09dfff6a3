import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bitbucket } from '../../providers/bitbucket.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

describe('bitbucket', () => {
  // https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/: "Test the webhook payload validation"
  const secret = "It's a Secret to Everybody";
  const signature = 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9';

  it("accepts the test values of Bitbucket's documentation, and no other body", async () => {
    const headers = { 'x-hub-signature': signature };
    expect(await check(bitbucket, 'Hello World!', headers, secret)).toEqual(genuine);
    expect(await signed(bitbucket, 'Hello World!', secret)).toEqual(headers);
    expect(await check(bitbucket, 'Hello, World!', headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it.each(bodies)('accepts what node:crypto signs: %j', async (body) => {
    const hex = createHmac('sha256', secret).update(body).digest('hex');
    expect(await check(bitbucket, body, { 'x-hub-signature': `sha256=${hex}` }, secret)).toEqual(genuine);
    expect(await check(bitbucket, tampered(body), { 'x-hub-signature': `sha256=${hex}` }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('refuses the SHA-1 that other providers put into a header of this name', async () => {
    const hex = createHmac('sha1', secret).update('{}').digest('hex');
    expect(await check(bitbucket, '{}', { 'x-hub-signature': `sha1=${hex}` }, secret)).toMatchObject({
      reason: 'malformed_signature',
    });
  });

  it('does not take the public hook UUID for a secret', async () => {
    const uuid = '4a1e3a0f-2d1c-4f0e-b7a9-7e6b5c4d3e2f';
    expect(await check(bitbucket, '{}', { 'x-hook-uuid': uuid }, uuid)).toMatchObject({ reason: 'missing_signature' });
  });
});
