import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hmacOf } from '../../src/signature/hmac.ts';
import type { Message } from '../../src/signature/message.ts';

const key = createSecretKey(Buffer.from('a secret'));
const bytesOf = (message: Message) => Buffer.concat(message.map((piece) => Buffer.from(piece as string)));

/** Test case 2 of RFC 4231, whole and in pieces. */
const jefe = createSecretKey(Buffer.from('Jefe'));
const rfc4231 = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

describe('the HMAC of a message in pieces', () => {
  it.each<Message[]>([
    [['what do ya want for nothing?']],
    [['what do ya ', 'want ', 'for nothing?']],
    [['what do ya ', Buffer.from('want for nothing?')]],
    [[Buffer.from('what do ya want for nothing?')]],
    [['', 'what do ya want for nothing?', Buffer.alloc(0)]],
  ])('is that of RFC 4231 for %j', (message) => {
    expect(hmacOf('sha256', jefe, message).toString('hex')).toBe(rfc4231);
  });

  it.each([0, 1, 5460, 5461, 5462, 8191, 16_383, 16_384, 16_385, 100_000])(
    'is that of its bytes, whether it is short enough to be put together or not: %i characters',
    (length) => {
      for (const character of ['a', 'é', '€'])
        for (const body of [character.repeat(length), Buffer.from(character.repeat(length))])
          for (const message of [[body], ['head.', body], [body, '.tail'], ['1.', body, Buffer.from([0xff, 0])]])
            expect(hmacOf('sha1', key, message).equals(createHmac('sha1', key).update(bytesOf(message)).digest())).toBe(
              true,
            );
    },
  );

  it('keeps nothing of the one before', () => {
    const long = hmacOf('sha256', key, ['x'.repeat(5000), 'y']);
    const short = hmacOf('sha256', key, ['x', 'y']);
    expect(short.equals(createHmac('sha256', key).update('xy').digest())).toBe(true);
    expect(
      long.equals(
        createHmac('sha256', key)
          .update(`${'x'.repeat(5000)}y`)
          .digest(),
      ),
    ).toBe(true);
  });
});
