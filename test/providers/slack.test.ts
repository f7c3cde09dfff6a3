import { verifySlackRequest } from '@slack/bolt/dist/receivers/verify-request.js';
import { describe, expect, it } from 'vitest';
import { slack } from '../../providers/slack.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';

function bolt(body: string, headers: Record<string, string>, nowMilliseconds = arrival): Promise<boolean> {
  return accepts(() =>
    verifySlackRequest({
      signingSecret,
      body,
      nowMilliseconds,
      headers: {
        'x-slack-signature': headers['x-slack-signature'] ?? '',
        'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
      },
    }),
  );
}

describe('slack', () => {
  // https://docs.slack.dev/authentication/verifying-requests-from-slack: the worked example
  const example = {
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    headers: {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
  };
  const receivedAt = 1531420618_000;

  it("accepts the example of Slack's documentation, and no other body", async () => {
    expect(await check(slack, example.body, example.headers, signingSecret, { receivedAt })).toEqual(genuine);
    expect(await check(slack, tampered(example.body), example.headers, signingSecret, { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await bolt(example.body, example.headers, receivedAt)).toBe(true);
  });

  it.each(bodies)('signs what Bolt accepts, and it refuses the same for another body: %j', async (body) => {
    const headers = await signed(slack, body, signingSecret);
    expect(await bolt(body, headers)).toBe(true);
    expect(await bolt(tampered(body), headers)).toBe(false);
  });

  it('refuses what is six minutes old, as Bolt does, and is stricter about the future', async () => {
    const headers = await signed(slack, '{}', signingSecret);
    expect(await bolt('{}', headers, arrival + 360_000)).toBe(false);
    expect(await bolt('{}', headers, arrival - 86_400_000)).toBe(true);
    for (const away of [360_000, -86_400_000])
      expect(await check(slack, '{}', headers, signingSecret, { receivedAt: arrival + away })).toMatchObject({
        reason: 'stale_timestamp',
      });
  });

  it('takes no signature of another version', async () => {
    const headers = await signed(slack, '{}', signingSecret);
    const other = { ...headers, 'x-slack-signature': headers['x-slack-signature']?.replace('v0=', 'v1=') ?? '' };
    expect(await bolt('{}', other)).toBe(false);
    expect(await check(slack, '{}', other, signingSecret)).toMatchObject({ reason: 'malformed_signature' });
  });
});
