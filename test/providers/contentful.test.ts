import { signRequest, verifyRequest } from '@contentful/node-apps-toolkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contentful } from '../../providers/contentful.ts';
import { guide } from '../../providers/samples/contentful.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const secret = 'HC6VzsJataBC9d99t0f9zCsvocIJf2imamlxpWW46ehAHvsjsObgYagXeheKI-ye';
const method = 'POST';
const own = {
  'content-type': 'application/vnd.contentful.management.v1+json',
  'x-contentful-topic': 'ContentManagement.Entry.publish',
  'x-contentful-webhook-name': ' My Hook ',
};

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** What the toolkit makes of a request: the headers as sent. */
function theirs(body: string, path: string, headers: Record<string, string> = own): Record<string, string> {
  return { ...headers, ...signRequest(secret, { method, path, headers, body }, arrival) };
}

const verifies = async (body: string, path: string, headers: Record<string, string>) => {
  let ok = false;
  await accepts(() => (ok = verifyRequest(secret, { method, path, headers, body })));
  return ok;
};

describe('contentful', () => {
  const paths = ['/hooks/contentful', '/', '/a%20b/ü', '/hooks?source=a&x=1 2', '/hooks?q=%2F%3D+ä'];

  describe.each(paths)("with Contentful's toolkit, at %s", (path) => {
    const url = `https://hooks.example.com${path}`;

    it.each(bodies)('agrees both ways on %j', async (body) => {
      const headers = theirs(body, path);
      expect(await check(contentful, body, headers, secret, { url, method })).toEqual(genuine);
      expect(await check(contentful, tampered(body), headers, secret, { url, method })).toMatchObject({
        reason: 'signature_mismatch',
      });
      const ours = await signed(contentful, body, secret, { url, method, headers: own });
      expect(ours).toEqual(headers);
      expect(await verifies(body, path, ours)).toBe(true);
      expect(await verifies(tampered(body), path, ours)).toBe(false);
    });
  });

  const url = 'https://hooks.example.com/contentful';
  const extra = { url, method };

  it('refuses another path, method, or signed header', async () => {
    const headers = theirs('{}', '/contentful');
    for (const [changed, context] of [
      [headers, { url: `${url}/`, method }],
      [headers, { url: `${url}?x=1`, method }],
      [headers, { url, method: 'PUT' }],
      [{ ...headers, 'x-contentful-topic': 'ContentManagement.Entry.delete' }, extra],
      [{ ...headers, 'x-contentful-timestamp': String(arrival + 1) }, extra],
    ] as const)
      expect(await check(contentful, '{}', changed, secret, context)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('says so when a signed header, the URL or the method is not there', async () => {
    const { 'content-type': _, ...headers } = theirs('{}', '/contentful');
    expect(await check(contentful, '{}', headers, secret, extra)).toMatchObject({ reason: 'missing_context' });
    const all = theirs('{}', '/contentful');
    expect(await check(contentful, '{}', all, secret, { method })).toMatchObject({ reason: 'missing_context' });
    expect(await check(contentful, '{}', all, secret, { url })).toMatchObject({ reason: 'missing_context' });
  });

  it('refuses a list that leaves the timestamp or itself out, or that is none', async () => {
    const headers = theirs('{}', '/contentful');
    for (const list of [
      'x-contentful-timestamp',
      'x-contentful-signed-headers',
      'X-Contentful-Timestamp,x-contentful-signed-headers,x-contentful-timestamp',
      'x-contentful-signed-headers,x-contentful-timestamp,x-contentful-timestamp',
      `${Array.from({ length: 60 }, (_, index) => `a${index}`).join(',')},x-contentful-signed-headers,x-contentful-timestamp`,
    ])
      expect(
        await check(contentful, '{}', { ...headers, 'x-contentful-signed-headers': list }, secret, extra),
      ).toMatchObject({ reason: 'malformed_signature' });
  });

  it('refuses what is over 30 seconds old, as the toolkit does, and what lies in the future, which it takes', async () => {
    const headers = theirs('{}', '/contentful');
    vi.setSystemTime(arrival + 31_000);
    expect(await verifies('{}', '/contentful', headers)).toBe(false);
    const late = { ...extra, receivedAt: arrival + 31_000 };
    expect(await check(contentful, '{}', headers, secret, late)).toMatchObject({ reason: 'stale_timestamp' });
    vi.setSystemTime(arrival - 3_600_000);
    expect(await verifies('{}', '/contentful', headers)).toBe(true);
    const early = { ...extra, receivedAt: arrival - 3_600_000 };
    expect(await check(contentful, '{}', headers, secret, early)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('takes no secret but one of 64 characters', async () => {
    const headers = theirs('{}', '/contentful');
    for (const other of ['short', `${secret}x`])
      expect(await check(contentful, '{}', headers, other, extra)).toMatchObject({ reason: 'unusable_secret' });
  });

  it('makes samples that the toolkit accepts', async () => {
    for (const { headers, body } of await guide.samples())
      expect(await verifies(body, '/contentful', await signed(contentful, body, secret, { ...extra, headers }))).toBe(
        true,
      );
    expect.hasAssertions();
  });
});
