import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asana } from '../../providers/asana.ts';
import { calendly } from '../../providers/calendly.ts';
import { docusign } from '../../providers/docusign.ts';
import { guide as docusignGuide } from '../../providers/samples/docusign.ts';
import { sentry } from '../../providers/sentry.ts';
import { typeform } from '../../providers/typeform.ts';
import { vercel } from '../../providers/vercel.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { mappedHeaders } from '../../src/catalogue/mapped-headers.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const secret = 'a-long-random-secret';
const hmac = (hash: 'sha1' | 'sha256', text: string, encoding: 'hex' | 'base64') =>
  createHmac(hash, secret).update(text).digest(encoding);
const seconds = arrival / 1000;

/**
 * Providers for which no vector and no package is published. What each page says is written out here once more, with
 * node:crypto alone, so that at least a slip in a definition shows.
 */
const rules = [
  { provider: asana, header: 'x-hook-signature', value: (body: string) => hmac('sha256', body, 'hex') },
  {
    provider: calendly,
    header: 'calendly-webhook-signature',
    value: (body: string) => `t=${seconds},v1=${hmac('sha256', `${seconds}.${body}`, 'hex')}`,
  },
  { provider: docusign, header: 'x-docusign-signature-1', value: (body: string) => hmac('sha256', body, 'base64') },
  { provider: sentry, header: 'sentry-hook-signature', value: (body: string) => hmac('sha256', body, 'hex') },
  {
    provider: typeform,
    header: 'typeform-signature',
    value: (body: string) => `sha256=${hmac('sha256', body, 'base64')}`,
  },
  { provider: vercel, header: 'x-vercel-signature', value: (body: string) => hmac('sha1', body, 'hex') },
];

describe.each(rules)('$provider.id, by the words of its documentation', ({ provider, header, value }) => {
  it.each(bodies)('verifies and signs %j', async (body) => {
    const headers = { [header]: value(body) };
    expect(await check(provider, body, headers, secret)).toEqual(genuine);
    expect(await signed(provider, body, secret)).toEqual(headers);
    expect(await check(provider, tampered(body), headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });
});

describe('what is easily mistaken', () => {
  it('takes no hex for Typeform, whose prefix stands before hex elsewhere', async () => {
    const headers = { 'typeform-signature': `sha256=${hmac('sha256', '{}', 'hex')}` };
    expect(await check(typeform, '{}', headers, secret)).toMatchObject({ reason: 'malformed_signature' });
  });

  it('takes no SHA-256 for Vercel, which signs with SHA-1', async () => {
    const headers = { 'x-vercel-signature': hmac('sha256', '{}', 'hex') };
    expect(await check(vercel, '{}', headers, secret)).toMatchObject({ reason: 'malformed_signature' });
  });

  it('takes the signature of any of the keys of a Docusign account, whichever header it stands in', async () => {
    const own = hmac('sha256', '{}', 'base64');
    const other = createHmac('sha256', 'other').update('{}').digest('base64');
    for (const number of [1, 2, 10]) {
      const headers = { 'x-docusign-signature-1': other, [`x-docusign-signature-${number}`]: own };
      expect(await check(docusign, '{}', headers, secret)).toEqual(genuine);
    }
    expect(await check(docusign, '{}', { 'x-docusign-signature-11': own }, secret)).toMatchObject({
      reason: 'missing_signature',
    });
  });

  it('promises no more of the keys of a Docusign account than the one whose signature is kept', () => {
    const kept = Object.keys(docusign.headers).filter(
      (name) =>
        name.startsWith('x-docusign-signature') && mappedHeaders(docusign, schemeOf(docusign))[name] === 'always',
    );
    expect(kept).toEqual(['x-docusign-signature-1']);
    expect(docusignGuide.setup.join(' ')).toMatch(/first key of the account.*X-DocuSign-Signature-1/);
    expect(docusignGuide.setup.join(' ')).not.toMatch(/ten/);
  });

  it('knows a message of Docusign again when it is retried, and tells recipients and events apart', () => {
    const idOf = (more: object, data: object = {}) =>
      identify(docusign, {
        headers: {},
        body: Buffer.from(
          JSON.stringify({
            event: 'envelope-sent',
            retryCount: 0,
            generatedDateTime: '2026-11-03T16:20:04.4940000Z',
            data: { envelopeId: '6f9619ff', ...data },
            ...more,
          }),
        ),
      });
    const first = idOf({});
    expect(first).toMatchObject({ deliveryId: '6f9619ff/envelope-sent/2026-11-03T16:20:04.4940000Z', idSigned: true });
    expect(idOf({ retryCount: 3 })).toEqual(first);
    const others = [
      idOf({ event: 'envelope-completed' }),
      idOf({ generatedDateTime: '2026-11-03T16:20:05.0000000Z' }),
      idOf({}, { recipientId: '1' }),
      idOf({}, { recipientId: '2' }),
      first,
    ];
    expect(new Set(others.map(({ deliveryId }) => deliveryId)).size).toBe(others.length);
  });

  it('does not take the hash of a part of the body for Sentry', async () => {
    const body = '{"data":{"issue_alert":{"title":"x"}}}';
    const headers = { 'sentry-hook-signature': hmac('sha256', '{"title":"x"}', 'hex') };
    expect(await check(sentry, body, headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses a signature of Calendly that is over three minutes old', async () => {
    const headers = await signed(calendly, '{}', secret);
    const receivedAt = arrival + 181_000;
    expect(await check(calendly, '{}', headers, secret, { receivedAt })).toMatchObject({ reason: 'stale_timestamp' });
  });
});
