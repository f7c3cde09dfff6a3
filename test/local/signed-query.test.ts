import { getExpectedBodyHash, getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const token = '12345';
const body = '{"specversion":"1.0","type":"com.twilio.messaging.message.sent","data":{"text":"Grüße"}}';

let machine: TestMachine;
let running: RunningMachine;
beforeEach(() => void (process.env['TWILIO_WEBHOOK_SECRET'] = token));
afterEach(async () => {
  await running.stop();
  machine.remove();
  delete process.env['TWILIO_WEBHOOK_SECRET'];
});

/** The URL as Twilio calls it. */
function called(publicUrl: string, content: string): string {
  return `${publicUrl}${publicUrl.includes('?') ? '&' : '?'}bodySHA256=${getExpectedBodyHash(content)}`;
}

// No query string is kept; what Twilio adds to the URL is made again from the body.
test.each(['https://hooks.example.com/twilio', 'https://hooks.example.com/twilio?team=a%20b'])(
  'a JSON post of Twilio to %s, signed by its SDK with the body’s hash in the query, is handled; another body is not',
  async (publicUrl) => {
    machine = new TestMachine(
      '  twilio: { provider: twilio, verify: json, handler: test/fixtures/handlers/note-effects.ts, ' +
        `publicUrl: "${publicUrl}" }\n`,
    );
    running = await machine.start();
    const signature = getExpectedTwilioSignature(token, called(publicUrl, body), {});
    const post = async (sent: string) => {
      const { pathname, search } = new URL(called(publicUrl, sent));
      const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature };
      return (await fetch(`${running.gateway}${pathname}${search}`, { method: 'POST', headers, body: sent })).status;
    };
    expect(await post(body)).toBe(200);
    await running.until('twilio', ([first]) => first?.outcome === 'handled');
    // Its own hash in the query, too: the signature covers the other one.
    expect(await post(body.replace('sent', 'read'))).toBe(200);
    const [second] = await running.until('twilio', (all) => all.length === 2);
    expect(second).toMatchObject({ outcome: 'rejected', reason: 'signature_mismatch' });
  },
);
