import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { describeHostile } from '../../src/cli/send/hostile.ts';
import type { Target } from '../../src/cli/send/target.ts';

const { isTTY, columns } = process.stdout;
afterEach(() => void Object.assign(process.stdout, { isTTY, columns }));

test.each([true, false])(
  'the verdict on a hostile request stands on a terminal of 60 columns too (%s)',
  (asExpected) => {
    Object.assign(process.stdout, { isTTY: true, columns: 60 });
    const expected = { kind: 'rejected', reason: 'signature_mismatch' } as const;
    const request = { status: 200, milliseconds: 5, messageId: 'm', why: undefined, expected, asExpected };
    const text = describeHostile({ source: { id: 'github' }, url: 'http://127.0.0.1:8080/github' } as Target, {
      mode: 'tamper',
      event: 'push',
      inapplicable: null,
      requests: [{ ...request, what: 'a blank after the body, after signing', delivery: 'waiting' }],
    });
    const verdict = asExpected ? '— as expected' : '— NOT as expected: rejected: signature_mismatch';
    expect(stripVTControlCharacters(text).endsWith(`  200  waiting in the queue, for you to verify ${verdict}`)).toBe(
      true,
    );
  },
);
