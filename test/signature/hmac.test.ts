import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
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

  it('is that of RFC 4231 where the key is longer than a block of the hash', () => {
    const long = createSecretKey(Buffer.alloc(131, 0xaa));
    const message = ['Test Using Larger Than Block-Size Key - Hash Key First'];
    expect(hmacOf('sha256', long, message).toString('hex')).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
    expect(hmacOf('sha512', long, message).toString('hex')).toBe(
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352' +
        '6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
    );
  });

  it('is that of node:crypto for keys and messages of every length about a block', () => {
    for (const hash of ['sha1', 'sha256', 'sha512'] as const)
      for (let length = 1; length <= 300; length++) {
        const [one, message] = [createSecretKey(randomBytes(length)), randomBytes(300 - length)];
        expect(hmacOf(hash, one, [message]).equals(createHmac(hash, one).update(message).digest())).toBe(true);
      }
  });

  it('is of the hash that is asked for, whatever the key was used with before', () => {
    for (const hash of ['sha256', 'sha512', 'sha1', 'sha256'] as const)
      expect(hmacOf(hash, key, ['x']).equals(createHmac(hash, key).update('x').digest())).toBe(true);
  });

  it.each([0, 1, 5460, 5461, 5462, 8191, 16_384, 21_844, 21_845, 21_846, 65_535, 65_536, 65_537, 100_000])(
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
