import { describe, expect, it } from 'vitest';
import { hubspot } from '../../providers/hubspot.ts';
import { arrival, check, genuine, signed, tampered } from './oracle.ts';
import { judge, readRecorded, requestsCalled } from './recorded/recorded.ts';

const clientSecret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
const url = 'https://www.example.com/webhook_uri';
const context = { url, method: 'POST' };
const recorded = readRecorded('hubspot');
const called = (what: string) => requestsCalled(recorded, what);

describe('hubspot', () => {
  it.each([
    ['python: tests/spec/utils/test_signature.py', '1693657560000', 'K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y='],
    ['ruby: spec/helpers/signature_spec.rb', '1700000300000', 'RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw='],
  ])("accepts the vector of HubSpot's SDK for %s", async (_origin, timestamp, signature) => {
    const body = "{'example_field':'example_value'}";
    const headers = { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp };
    const extra = { ...context, receivedAt: Number(timestamp) };
    expect(await check(hubspot, body, headers, clientSecret, extra)).toEqual(genuine);
    expect(await check(hubspot, tampered(body), headers, clientSecret, extra)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each([...called('as signed'), ...called('with another body')])(
    "judges as HubSpot's SDK for Node does what came $what: $body",
    async (request) => {
      expect((await judge(hubspot, recorded, request)).ok).toBe(request.accepted);
    },
  );

  it.each(called('as signed'))("signs as HubSpot's SDK for Node: $body", async ({ body, headers }) => {
    expect(await signed(hubspot, body, recorded.secret, context)).toEqual(headers);
  });

  it('covers method and URL', async () => {
    const headers = await signed(hubspot, '[]', clientSecret, context);
    for (const other of [{ method: 'PUT' }, { url: `${url}/` }, { url: url.replace('https', 'http') }])
      expect(await check(hubspot, '[]', headers, clientSecret, { ...context, ...other })).toMatchObject({
        reason: 'signature_mismatch',
      });
  });

  it('says what is missing when no public URL is configured', async () => {
    const headers = await signed(hubspot, '[]', clientSecret, context);
    expect(await check(hubspot, '[]', headers, clientSecret, { method: 'POST' })).toMatchObject({
      reason: 'missing_context',
    });
  });

  it.each(called('signed as HubSpot decodes it'))(
    "decodes the escapes that HubSpot's documentation lists, and no others; its SDK decodes none: $url",
    async (request) => {
      expect(await judge(hubspot, recorded, request)).toEqual(genuine);
      expect(request.accepted).toBe(false);
    },
  );

  it.each(called('signed as it is configured'))(
    'takes no escape that HubSpot decodes as it is: $url',
    async (request) => {
      expect(await judge(hubspot, recorded, request)).toMatchObject({ reason: 'signature_mismatch' });
      expect(request.accepted).toBe(true);
    },
  );

  it('is as strict as the SDK about the past', async () => {
    const [past] = called('301 seconds ago');
    expect(past?.accepted).toBe(false);
    expect(past && (await judge(hubspot, recorded, past))).toMatchObject({ reason: 'stale_timestamp' });
    const headers = await signed(hubspot, '[]', clientSecret, context);
    const late = { ...context, receivedAt: arrival + 301_000 };
    expect(await check(hubspot, '[]', headers, clientSecret, late)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('is stricter than the SDK about the future', async () => {
    const [future] = called('a day ahead');
    expect(future?.accepted).toBe(true);
    expect(future && (await judge(hubspot, recorded, future))).toMatchObject({ reason: 'stale_timestamp' });
  });

  it.each([...called('of version 1'), ...called('of version 2')])('takes no signature $what', async (request) => {
    expect(await judge(hubspot, recorded, request)).toMatchObject({ reason: 'missing_signature' });
    expect(request.accepted).toBe(true);
  });
});
