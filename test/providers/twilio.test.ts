import {
  getExpectedBodyHash,
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { twilio } from '../../providers/twilio.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

const token = '12345';
const header = 'x-twilio-signature';

describe('twilio, form posts', () => {
  // https://www.twilio.com/docs/usage/security#validating-requests, also in the SDK's tests
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const params = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  };
  const body = new URLSearchParams(params).toString();
  const headers = { [header]: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' };

  it("accepts the example of Twilio's documentation; no other field, and no other URL", async () => {
    expect(await check(twilio, body, headers, token, { url })).toEqual(genuine);
    expect(await check(twilio, `${body}&Digits=9`, headers, token, { url })).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await check(twilio, body, headers, token, { url: url.replace('foo=1', 'foo=2') })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('takes the fields in any order and spelling, since their values are signed', async () => {
    const other = 'To=%2b18005551212&From=%2B14158675309&Digits=1234&Caller=%2B14158675309&CallSid=CA1234567890ABCDE';
    expect(await check(twilio, other, headers, token, { url })).toEqual(genuine);
  });

  it.each([
    { Body: 'Grüße & “quotes” + 100 % $&', From: '+15017122661' },
    { Empty: '', a: '1', A: '2', 'b c': 'd+e' },
    {},
  ])("agrees with Twilio's SDK both ways on %j", async (fields: Record<string, string>) => {
    const text = new URLSearchParams(fields).toString();
    const made = (await signed(twilio, text, token, { url }))[header] ?? '';
    expect(made).toBe(getExpectedTwilioSignature(token, url, fields));
    expect(validateRequest(token, made, url, fields)).toBe(true);
    expect(validateRequest(token, made, url, { ...fields, From: 'other' })).toBe(false);
    expect(await check(twilio, text, { [header]: made }, token, { url })).toEqual(genuine);
  });

  it('joins the distinct values of a repeated field in order, as the SDK does', async () => {
    const made = getExpectedTwilioSignature(token, url, { MediaUrl: ['b', 'a', 'b'] });
    expect(await check(twilio, 'MediaUrl=b&MediaUrl=a&MediaUrl=b', { [header]: made }, token, { url })).toEqual(
      genuine,
    );
  });

  it('uses the configured URL alone, whatever the request says of itself (CVE-2026-28465)', async () => {
    const forged = getExpectedTwilioSignature(token, 'https://attacker.example/', params);
    const spoofed = { [header]: forged, host: 'attacker.example', 'x-forwarded-host': 'attacker.example' };
    expect(await check(twilio, body, spoofed, token, { url })).toMatchObject({ reason: 'signature_mismatch' });
    expect(await check(twilio, body, spoofed, token)).toMatchObject({ reason: 'missing_context' });
  });

  it('is stricter than the SDK, which tries the URL with and without its port', async () => {
    const withPort = getExpectedTwilioSignature(token, 'https://mycompany.com:443/x', {});
    expect(validateRequest(token, withPort, 'https://mycompany.com/x', {})).toBe(true);
    expect(await check(twilio, '', { [header]: withPort }, token, { url: 'https://mycompany.com/x' })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });
});

describe('twilio, JSON posts', () => {
  const alternative = 'json';

  it.each(bodies)("agrees with Twilio's SDK both ways on %j", async (body) => {
    for (const url of ['https://example.com/twilio', 'https://example.com/twilio?a=1']) {
      const made = (await signed(twilio, body, token, { url, alternative }))[header] ?? '';
      const called = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${getExpectedBodyHash(body)}`;
      expect(made).toBe(getExpectedTwilioSignature(token, called, {}));
      expect(validateRequestWithBody(token, made, called, body)).toBe(true);
      expect(validateRequestWithBody(token, made, called, tampered(body))).toBe(false);
      expect(await check(twilio, body, { [header]: made }, token, { url, alternative })).toEqual(genuine);
      expect(await check(twilio, tampered(body), { [header]: made }, token, { url, alternative })).toMatchObject({
        reason: 'signature_mismatch',
      });
    }
  });

  it("accepts the SDK's own JSON vector", async () => {
    // spec/validation.spec.js of twilio/twilio-node
    const body = '{"property": "value", "boolean": true}';
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const headers = { [header]: 'a9nBmqA0ju/hNViExpshrM61xv4=' };
    expect(await check(twilio, body, headers, token, { url, alternative })).toEqual(genuine);
  });

  it('says what is missing when no public URL is configured', async () => {
    expect(
      await check(twilio, '{}', { [header]: 'a9nBmqA0ju/hNViExpshrM61xv4=' }, token, { alternative }),
    ).toMatchObject({ reason: 'missing_context' });
  });
});

describe('twilio, event types of a call', () => {
  const call = { AccountSid: 'AC0123', CallSid: 'CA0123' };
  const typeOf = (fields: Record<string, string>) =>
    identify(twilio, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams({ ...call, ...fields }).toString()),
    }).eventType;

  // https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback: there is no CallStatus in it
  it('knows a recording that is ready', () => {
    expect(typeOf({ RecordingSid: 'RE0123', RecordingStatus: 'absent', RecordingSource: 'RecordVerb' })).toBe('absent');
  });

  // https://www.twilio.com/docs/voice/twiml/transcription
  it('knows a part of a transcription', () => {
    expect(typeOf({ TranscriptionSid: 'GT0123', TranscriptionEvent: 'transcription-content' })).toBe(
      'transcription-content',
    );
  });

  // https://www.twilio.com/docs/voice/twiml/stream
  it('knows a media stream that begins', () => {
    expect(typeOf({ StreamSid: 'MZ0123', StreamEvent: 'stream-started' })).toBe('stream-started');
  });

  it('calls the end of <Record>, which tells of the call too, by the call', () => {
    expect(typeOf({ CallStatus: 'in-progress', RecordingSid: 'RE0123' })).toBe('in-progress');
  });
});
