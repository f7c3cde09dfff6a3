import { createHmac } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { verify as octokitVerify } from '@octokit/webhooks-methods';
import { describe, expect, it } from 'vitest';
import { github } from '../../providers/github.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { parsePayload } from '../../src/catalogue/payload.ts';
import { check, genuine, signed } from './oracle.ts';

const secret = 'a secret that you chose';
const header = 'x-hub-signature-256';

/** GitHub's formula as its documentation states it, without our code and without octokit's. */
function documented(body: string | Uint8Array, key = secret): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

describe('github', () => {
  it('accepts the example of the documentation', async () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    const vector = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const key = "It's a Secret to Everybody";
    expect(await check(github, 'Hello, World!', { [header]: vector }, key)).toEqual(genuine);
    expect(await check(github, 'Hello, World?', { [header]: vector }, key)).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect((await signed(github, 'Hello, World!', key))[header]).toBe(vector);
  });

  const events = examples as unknown as { name: string; examples: unknown[] }[];
  const payloads = events.flatMap(({ name, examples: all }) => all.map((payload) => ({ name, payload })));

  it('accepts all 329 example payloads as JSON and as a form, and none of them with one byte changed', async () => {
    expect(payloads).toHaveLength(329);
    for (const { name, payload } of payloads) {
      const json = JSON.stringify(payload);
      const form = new URLSearchParams({ payload: json }).toString();
      for (const [type, body] of [
        ['application/json', json],
        ['application/x-www-form-urlencoded', form],
      ] as const) {
        const headers = { [header]: documented(body), 'content-type': type, 'x-github-event': name };
        expect(await check(github, body, headers, secret)).toEqual(genuine);
        expect(parsePayload(github, { headers, body: Buffer.from(body) })).toEqual(payload);
        expect(identify(github, { headers, body: Buffer.from(body) }).eventType).toBe(name);
        const bytes = Buffer.from(body);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        expect(await check(github, bytes, headers, secret)).toMatchObject({ ok: false });
      }
    }
  });

  it('signs what octokit verifies', async () => {
    for (const { payload } of payloads.slice(0, 20)) {
      const body = JSON.stringify(payload);
      expect(await octokitVerify(secret, body, (await signed(github, body, secret))[header] ?? '')).toBe(true);
    }
  });

  it('refuses a body that is not UTF-8 or empty, of which octokit takes neither: it takes text alone, and some', async () => {
    const bytes = Buffer.from('{}');
    await expect(octokitVerify(secret, bytes as unknown as string, documented(bytes))).rejects.toThrow(TypeError);
    await expect(octokitVerify(secret, '', documented(''))).rejects.toThrow(TypeError);
    for (const body of [Buffer.from([0xff, 0x7b]), Buffer.alloc(0)])
      expect(await check(github, body, { [header]: documented(body) }, secret)).toMatchObject({
        reason: 'malformed_body',
      });
  });

  it('takes a body with a byte order mark as it is', async () => {
    const body = '\uFEFF{"a":1}';
    expect(await check(github, body, { [header]: documented(body) }, secret)).toEqual(genuine);
    expect(await check(github, body.slice(1), { [header]: documented(body) }, secret)).toMatchObject({ ok: false });
  });

  it.each([
    '',
    'sha256=',
    `sha1=${'a'.repeat(40)}`,
    'a'.repeat(64),
    `sha256=${'a'.repeat(63)}`,
    `sha256=${'g'.repeat(64)}`,
  ])('refuses the signature %j', async (signature) => {
    const reason = signature === '' ? 'missing_signature' : 'malformed_signature';
    expect(await check(github, '{}', { [header]: signature }, secret)).toMatchObject({ reason });
  });

  it('takes no character for another whose lowest byte is the same, and none that is left of the last comparison', async () => {
    const genuineOne = documented('{}');
    expect(await check(github, '{}', { [header]: genuineOne }, secret)).toEqual(genuine);
    for (const at of [7, 40, 70]) {
      const other = String.fromCodePoint(0x100 + (genuineOne.codePointAt(at) ?? 0));
      const forged = genuineOne.slice(0, at) + other + genuineOne.slice(at + 1);
      expect(await check(github, '{}', { [header]: forged }, secret)).toMatchObject({ reason: 'malformed_signature' });
    }
  });

  it('takes a signature in upper case, of whichever secret', async () => {
    const upper = documented('{}').toUpperCase().replace('SHA256', 'sha256');
    expect(await check(github, '{}', { [header]: upper }, ['another', secret])).toEqual({ ok: true, secretIndex: 1 });
    expect(await check(github, '{}', { [header]: upper }, 'another')).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('does not take the older SHA-1 header', async () => {
    const sha1 = `sha1=${createHmac('sha1', secret).update('{}').digest('hex')}`;
    expect(await check(github, '{}', { 'x-hub-signature': sha1 }, secret)).toMatchObject({
      reason: 'missing_signature',
    });
  });

  it('knows that the delivery id is not signed', () => {
    const headers = { 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958', 'x-github-event': 'ping' };
    expect(identify(github, { headers, body: Buffer.from('{}') })).toEqual({
      eventType: 'ping',
      deliveryId: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      idSigned: false,
    });
  });
});
