import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

function form(event: string, fields: Record<string, string>): Sample {
  return {
    event,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    body: new URLSearchParams(fields).toString(),
    verify: 'form',
  };
}

/** Event Streams posts arrays of CloudEvents. */
function stream(event: string, ids: Readonly<Record<string, string>>): Sample {
  const events = Object.entries(ids).map(([type, id]) => ({
    type: `com.twilio.messaging.message.${type}`,
    id,
    specversion: '1.0',
    time: '2026-11-03T16:20:05Z',
    data: { messageSid: 'SM1e6b2f0a9c8d7e6f5a4b3c2d1e0f9a8b' },
  }));
  return { ...jsonSample(event, events), verify: 'json' };
}

const account = { AccountSid: 'ACffffffffffffffffffffffffffffffff', ApiVersion: '2010-04-01' };

export const guide: ProviderGuide = {
  id: 'twilio',
  setup: [
    'In the Twilio console copy the primary auth token of the account (Account > API keys & tokens).',
    'Where the product takes a webhook or status callback, enter {url} with method POST; set the same text as publicUrl of the source.',
    'Products that post JSON (Event Streams, for one) need verify: json on their own source.',
    'Hookport answers nothing but 200: a voice or message webhook that must reply with TwiML cannot go here.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      "the example of Twilio's security page; npm twilio signs (getExpectedTwilioSignature) and verifies (validateRequest, validateRequestWithBody)",
  },
  samples: () =>
    Promise.resolve([
      form('delivered', {
        ...account,
        MessageSid: 'SM1e6b2f0a9c8d7e6f5a4b3c2d1e0f9a8b',
        MessageStatus: 'delivered',
        SmsStatus: 'delivered',
        From: '+15017122661',
        To: '+15558675310',
      }),
      form('received', {
        ...account,
        MessageSid: 'SM2f7c3a1b0d9e8f7a6b5c4d3e2f1a0b9c',
        SmsStatus: 'received',
        Body: 'Grüße & “quotes” + 100 %',
        From: '+14155238886',
        To: '+15017122661',
        NumMedia: '0',
      }),
      form('completed', {
        ...account,
        CallSid: 'CA3a8d4b2c1e0f9a8b7c6d5e4f3a2b1c0d',
        CallStatus: 'completed',
        CallDuration: '42',
        From: '+15017122661',
        To: '+15558675310',
      }),
      stream('com.twilio.messaging.message.delivered', { delivered: 'EZ4b9e5c3d2f1a0b9c8d7e6f5a4b3c2d1e' }),
      stream('batch', { sent: 'EZ5c0f6d4e3a2b1c0d9e8f7a6b5c4d3e2f', delivered: 'EZ6d1a7e5f4b3c2d1e0f9a8b7c6d5e4f3a' }),
    ]),
};
