import { describe, expect, it } from 'vitest';
import { postmark } from '../../providers/postmark.ts';
import { telegram } from '../../providers/telegram.ts';
import { zapier } from '../../providers/zapier.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { check, genuine, signed } from './oracle.ts';

/** The header as a browser or curl makes it: RFC 7617. */
const basic = (credentials: string) => `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;

describe.each([
  { name: 'postmark', provider: postmark, alternative: '' },
  { name: 'zapier with basic authentication', provider: zapier, alternative: 'basic' },
])('$name', ({ provider, alternative }) => {
  it('compares user and password whole; a password may hold a colon', async () => {
    const secret = 'hooks:päss:word';
    const extra = { alternative };
    expect(await check(provider, '{}', { authorization: basic(secret) }, secret, extra)).toEqual(genuine);
    expect(await signed(provider, '{}', secret, extra)).toEqual({ authorization: basic(secret) });
    for (const other of ['hooks:päss', 'hooks:päss:word ', 'Hooks:päss:word', 'hooks:', ':'])
      expect(await check(provider, '{}', { authorization: basic(other) }, secret, extra)).toMatchObject({
        reason: 'signature_mismatch',
      });
    const bearer = { authorization: basic(secret).replace('Basic', 'Bearer') };
    expect(await check(provider, '{}', bearer, secret, extra)).toMatchObject({ reason: 'malformed_signature' });
  });
});

describe.each([
  { provider: telegram, header: 'x-telegram-bot-api-secret-token' },
  { provider: zapier, header: 'x-webhook-token' },
])('$provider.id', ({ provider, header }) => {
  it('compares the token whole', async () => {
    const secret = 'A-long_random-token_1';
    expect(await check(provider, '{}', { [header]: secret }, secret)).toEqual(genuine);
    for (const other of [`${secret}x`, secret.slice(0, -1), secret.toLowerCase(), ` ${secret}`])
      expect(await check(provider, '{}', { [header]: other }, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses a request without the token (CVE-2026-28454)', async () => {
    expect(await check(provider, '{}', {}, 'token')).toMatchObject({ reason: 'missing_signature' });
    expect(await check(provider, '{}', { [header]: '' }, 'token')).toMatchObject({ reason: 'missing_signature' });
    expect(await check(provider, '{}', { [header]: '' }, '')).toMatchObject({ reason: 'unusable_secret' });
  });
});

describe('zapier', () => {
  it('does not take basic authentication while the source is set to the token', async () => {
    const headers = { authorization: basic('a:b') };
    expect(await check(zapier, '{}', headers, 'a:b')).toMatchObject({ reason: 'missing_signature' });
  });
});

describe('telegram', () => {
  const typeOf = (update: string) => identify(telegram, { headers: {}, body: Buffer.from(update) }).eventType;

  it('calls an update by the object that it holds', () => {
    expect(typeOf('{"update_id":1,"edited_message":{"text":"message"}}')).toBe('edited_message');
    expect(typeOf('{"update_id":1,"callback_query":{"message":{}}}')).toBe('callback_query');
  });

  it.each(['guest_message', 'managed_bot', 'subscription', 'stopped_message_generation'])(
    'knows %s, which Bot API 9.6 to 10.3 added',
    (type) => {
      expect(typeOf(JSON.stringify({ update_id: 1, [type]: {} }))).toBe(type);
    },
  );

  it('has no event type for an update that it does not know, or for what is none', () => {
    for (const update of ['{"update_id":1,"unheard_of":{}}', '{"__proto__":{"message":{}}}', '[]', 'null', 'x'])
      expect(typeOf(update)).toBeUndefined();
  });
});
