import { verifySlackRequest } from '@slack/bolt/dist/receivers/verify-request.js';
import { describe, expect, it } from 'vitest';
import { zoom } from '../../providers/zoom.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

describe('zoom', () => {
  // No vector and no SDK that verifies offline. Zoom signs what Slack signs, so Slack's vector and verifier serve.
  const secret = '8f742231b10e8888abcd99yyyzzz85a5';

  it("accepts the example of Slack's documentation under Zoom's headers", async () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'x-zm-request-timestamp': '1531420618',
      'x-zm-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const receivedAt = 1531420618_000;
    expect(await check(zoom, body, headers, secret, { receivedAt })).toEqual(genuine);
    expect(await check(zoom, tampered(body), headers, secret, { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each(bodies)('signs what a verifier of the same signed content accepts: %j', async (body) => {
    const made = await signed(zoom, body, secret);
    const bolt = (text: string) =>
      accepts(() =>
        verifySlackRequest({
          signingSecret: secret,
          body: text,
          nowMilliseconds: arrival,
          headers: {
            'x-slack-signature': made['x-zm-signature'] ?? '',
            'x-slack-request-timestamp': Number(made['x-zm-request-timestamp']),
          },
        }),
      );
    expect(await bolt(body)).toBe(true);
    expect(await bolt(tampered(body))).toBe(false);
  });
});
