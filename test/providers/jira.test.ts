import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jira } from '../../providers/jira.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

const header = 'x-hub-signature';

describe('jira', () => {
  // https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
  const secret = "It's a Secret to Everybody";
  const signature = 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9';

  it("accepts the test values of Jira's documentation, and no other body", async () => {
    expect(await check(jira, 'Hello World!', { [header]: signature }, secret)).toEqual(genuine);
    expect(await signed(jira, 'Hello World!', secret)).toEqual({ [header]: signature });
    expect(await check(jira, 'Hello, World!', { [header]: signature }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each(bodies)('accepts what node:crypto signs: %j', async (body) => {
    const hex = createHmac('sha256', secret).update(body).digest('hex');
    expect(await check(jira, body, { [header]: `sha256=${hex}` }, secret)).toEqual(genuine);
    expect(await check(jira, tampered(body), { [header]: `sha256=${hex}` }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('does not take the JSON Web Token of an app for a signature', async () => {
    expect(await check(jira, '{}', { authorization: 'JWT a.b.c' }, secret)).toMatchObject({
      reason: 'missing_signature',
    });
  });
});
