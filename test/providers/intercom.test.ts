import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { intercom } from '../../providers/intercom.ts';
import { check, genuine, signed, tampered } from './oracle.ts';

describe('intercom', () => {
  // No vector and no SDK that verifies. The form is that of GitHub's older X-Hub-Signature.
  const secret = 'fd62b1a9-0d6a-4a52-9a1e-2f0c1e6f7a88';
  const body = '{"type":"notification_event","id":"notif_1","topic":"conversation.user.created"}';

  it('is HMAC-SHA1 in hex after "sha1=", over the raw body: as OpenSSL computes it', async () => {
    const line = execFileSync('openssl', ['dgst', '-sha1', '-hmac', secret], { input: body, encoding: 'utf8' });
    const headers = { 'x-hub-signature': `sha1=${line.trim().split(' ').at(-1)}` };
    expect(await signed(intercom, body, secret)).toEqual(headers);
    expect(await check(intercom, body, headers, secret)).toEqual(genuine);
    expect(await check(intercom, tampered(body), headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('takes no SHA-256, which Bitbucket puts into a header of this name', async () => {
    const headers = { 'x-hub-signature': `sha256=${'0'.repeat(64)}` };
    expect(await check(intercom, body, headers, secret)).toMatchObject({ reason: 'malformed_signature' });
  });
});
