import { OpenAI } from 'openai';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openai } from '../../providers/openai.ts';
import { accepts, arrival, check, genuine, signed, tampered } from './oracle.ts';

afterEach(() => void vi.useRealTimers());

describe('openai', () => {
  // tests/api-resources/webhooks.test.ts of openai/openai-node: "taken from a real webhook event"
  const secret = 'whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=';
  const body =
    '{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}}';
  const headers = {
    'webhook-id': 'wh_685c059ae39c8190af8c71ed1022a24d',
    'webhook-timestamp': '1750861210',
    'webhook-signature': 'v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY=',
  };
  const receivedAt = 1750861210_000;

  it("accepts the real delivery in the tests of OpenAI's SDK, and no other body", async () => {
    expect(await check(openai, body, headers, secret, { receivedAt })).toEqual(genuine);
    expect(await check(openai, tampered(body), headers, secret, { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it("refuses it 400 seconds later, as OpenAI's SDK does, and 400 seconds too early", async () => {
    for (const away of [-400_000, 400_000])
      expect(await check(openai, body, headers, secret, { receivedAt: receivedAt + away })).toMatchObject({
        reason: 'stale_timestamp',
      });
  });

  it("signs what OpenAI's SDK accepts, and it refuses the same for another body", async () => {
    vi.useFakeTimers({ now: arrival, toFake: ['Date'] });
    const { webhooks } = new OpenAI({ apiKey: 'unused' });
    const made = await signed(openai, body, secret, { headers: { 'webhook-id': 'wh_1' } });
    const given = { 'webhook-id': 'wh_1', ...made };
    expect(await accepts(() => webhooks.verifySignature(body, given, secret))).toBe(true);
    expect(await accepts(() => webhooks.verifySignature(tampered(body), given, secret))).toBe(false);
  });
});
