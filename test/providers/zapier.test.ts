import { describe, expect, it } from 'vitest';
import { guide } from '../../providers/samples/zapier.ts';
import { zapier } from '../../providers/zapier.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { mappedHeaders } from '../../src/catalogue/mapped-headers.ts';
import { parsePayload } from '../../src/catalogue/payload.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { bodies, check, genuine } from './oracle.ts';

const token = 'p0rt-4-ZAPS-that-nobody-guesses';
const basic = 'zaps:p|ss:wörd';
const credential = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('zapier with a token', () => {
  it.each(bodies)('takes whatever body comes with it, such as %j', async (body) => {
    expect(await check(zapier, body, { 'x-webhook-token': token }, token)).toEqual(genuine);
  });

  it.each([`${token}x`, token.slice(1), token.toLowerCase(), `${token},${token}`])('refuses %s', async (other) => {
    expect(await check(zapier, '{}', { 'x-webhook-token': other }, token)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['an empty token', { 'x-webhook-token': '' }],
    ['the token as basic authentication', { authorization: credential(token) }],
  ])('refuses %s', async (_, headers) => {
    expect(await check(zapier, '{}', headers, token)).toMatchObject({ reason: 'missing_signature' });
  });
});

describe('zapier with basic authentication', () => {
  const alternative = 'basic';

  it('takes user and password, as Zapier makes a header of its field user|password', async () => {
    expect(await check(zapier, '{}', { authorization: credential(basic) }, basic, { alternative })).toEqual(genuine);
  });

  it.each([
    credential('zaps:other'),
    credential('other:p|ss:wörd'),
    credential('zaps|p|ss:wörd'),
    `Bearer ${basic}`,
    'Basic',
    'Basic ====',
  ])('refuses %s', async (authorization) => {
    expect((await check(zapier, '{}', { authorization }, basic, { alternative })).ok).toBe(false);
  });

  it('takes no token instead: the configuration chose', async () => {
    const headers = { 'x-webhook-token': basic };
    expect(await check(zapier, '{}', headers, basic, { alternative })).toMatchObject({ reason: 'missing_signature' });
  });

  it('refuses a secret in the form of Zapier’s field', async () => {
    const authorization = credential('user:password');
    expect(await check(zapier, '{}', { authorization }, 'user|password', { alternative })).toMatchObject({
      reason: 'unusable_secret',
    });
  });
});

describe('what a Zap adds for type and id', () => {
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const says = (headers: Record<string, string>, body: string) =>
    identify(zapier, { headers, body: Buffer.from(body) });

  it('is found in JSON and in a form alike, and the steps name these fields', () => {
    const expected = { eventType: 'lead.created', deliveryId: 'row-17', idSigned: false };
    expect(says(json, '{"event_type":"lead.created","event_id":"row-17","name":"Zoë"}')).toEqual(expected);
    expect(says(form, 'event_type=lead.created&event_id=row-17&name=Zo%C3%AB')).toEqual(expected);
    expect(guide.setup.join(' ')).toMatch(/event_type.*event_id/);
  });

  it('may be a number, as an id in a sheet is', () => {
    expect(says(json, '{"event_type":"row","event_id":17}').deliveryId).toBe('17');
  });

  it('may be left out: then a repeated run cannot be told from the same content', () => {
    const [first, second, other] = ['{"a":1}', '{"a":1}', '{"a":2}'].map((body) => says(json, body).deliveryId);
    expect(first).toMatch(/^sha256-/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(says(json, '{"a":1}').eventType).toBeUndefined();
  });

  it('comes to handlers as fields, with their text as Zapier wrote it', () => {
    const payload = (headers: Record<string, string>, body: string) =>
      parsePayload({}, { headers, body: Buffer.from(body) });
    expect(payload(form, 'event_id=row-17&tags=a&tags=b')).toEqual({ event_id: 'row-17', tags: ['a', 'b'] });
    expect(payload(json, '{"amount":"12.50"}')).toEqual({ amount: '12.50' });
  });

  it.each([
    ['token', 'x-webhook-token'],
    ['basic', 'authorization'],
  ])('the header of %s is mapped by the endpoint', (alternative, header) => {
    expect(mappedHeaders(zapier, schemeOf(zapier, alternative))[header]).toBe('always');
  });
});
