import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gitlab } from '../../providers/gitlab.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const token = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = '13792a34-cac6-4fda-95a8-c58e00a3954e';

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('gitlab with a signing token', () => {
  it.each(bodies)('agrees with Standard Webhooks, which GitLab follows, both ways on %j', async (body) => {
    const webhook = new Webhook(token);
    const theirs = {
      'webhook-id': id,
      'webhook-timestamp': String(arrival / 1000),
      'webhook-signature': webhook.sign(id, new Date(arrival), body),
    };
    expect(await check(gitlab, body, theirs, token)).toEqual(genuine);
    expect(await check(gitlab, tampered(body), theirs, token)).toMatchObject({ reason: 'signature_mismatch' });
    const ours = await signed(gitlab, body, token, { headers: { 'webhook-id': id } });
    expect(await accepts(() => webhook.verify(body, ours, { jsonParse: false }))).toBe(true);
    expect(await accepts(() => webhook.verify(tampered(body), ours, { jsonParse: false }))).toBe(false);
  });

  it('does not fall back to the secret token when the signature is absent', async () => {
    expect(await check(gitlab, '{}', { 'x-gitlab-token': token }, token)).toMatchObject({
      reason: 'missing_signature',
    });
  });
});

describe('gitlab with a secret token', () => {
  const alternative = 'secret-token';

  it('compares the token whole', async () => {
    const secret = 'a-long-random-token';
    expect(await check(gitlab, '{}', { 'x-gitlab-token': secret }, secret, { alternative })).toEqual(genuine);
    for (const other of [`${secret}x`, secret.slice(0, -1), secret.toUpperCase(), ` ${secret}`])
      expect(await check(gitlab, '{}', { 'x-gitlab-token': other }, secret, { alternative })).toMatchObject({
        reason: 'signature_mismatch',
      });
  });

  it('ignores a signature that comes along: the configuration chose', async () => {
    const headers = await signed(gitlab, '{}', token, { headers: { 'webhook-id': id } });
    expect(await check(gitlab, '{}', headers, token, { alternative })).toMatchObject({ reason: 'missing_signature' });
  });
});
