import { encodeSignatureHeader, isValidSignature } from '@sanity/webhook';
import { describe, expect, it } from 'vitest';
import { sanity } from '../../providers/sanity.ts';
import { arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const header = 'sanity-webhook-signature';

describe('sanity', () => {
  // test/signature.test.ts of sanity-io/webhook-toolkit
  it.each([
    ['{"_id":"resume"}', 't=1633519811129,v1=tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N0', 'test'],
    ['{"title":"GROQ-Hooks are neat"}', 't=1633518820676,v1=e7C9h2sfbFfc4V7TEz7PSOp4IoNzl0UdVsBV-1wgdeA', 'try-me'],
  ])("accepts the vector %j of Sanity's toolkit, and nothing near it", async (body, signature, secret) => {
    expect(await check(sanity, body, { [header]: signature }, secret)).toEqual(genuine);
    for (const [text, value] of [
      [tampered(body), signature],
      [body, signature.replace('t=16335', 't=16336')],
    ] as const)
      expect(await check(sanity, text, { [header]: value }, secret)).toMatchObject({ reason: 'signature_mismatch' });
    const other = `${signature.slice(0, -1)}${signature.endsWith('A') ? 'E' : '4'}`;
    expect(await check(sanity, body, { [header]: other }, secret)).toMatchObject({ reason: 'signature_mismatch' });
    expect(await check(sanity, body, { [header]: signature.replace('v1=', 'v5=') }, secret)).toMatchObject({
      reason: 'missing_signature',
    });
  });

  it('allows the space after the comma that the toolkit allows', async () => {
    const signature = 't=1633519811129, v1=tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N0';
    expect(await check(sanity, '{"_id":"resume"}', { [header]: signature }, 'test')).toEqual(genuine);
  });

  const secret = 'a-long-random-secret';

  it.each(bodies)("agrees with Sanity's toolkit both ways on %j", async (body) => {
    const theirs = await encodeSignatureHeader(body, arrival, secret);
    expect(await check(sanity, body, { [header]: theirs }, secret)).toEqual(genuine);
    expect(await signed(sanity, body, secret)).toEqual({ [header]: theirs });
    expect(await isValidSignature(body, theirs, secret)).toBe(true);
    expect(await isValidSignature(tampered(body), theirs, secret)).toBe(false);
    expect(await check(sanity, tampered(body), { [header]: theirs }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });
});
