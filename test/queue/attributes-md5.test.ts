import { expect, test } from 'vitest';
import { md5OfAttributes } from '../../src/queue/attributes-md5.ts';

test('gives the digest that SQS gave for one attribute', () => {
  // Recorded in moto's tests of receive_message (getmoto/moto, tests/test_sqs/test_sqs.py).
  expect(md5OfAttributes({ timestamp: { dataType: 'Number', stringValue: '1493147359900' } })).toBe(
    '235c5c510d26fb653d073faed50ae77c',
  );
});

test('sorts names by their bytes and frames binary values apart from text', () => {
  // Computed with hashlib and struct in Python from the algorithm in SQS's documentation.
  expect(
    md5OfAttributes({
      b: { dataType: 'String', stringValue: 'caf\u00e9' },
      a: { dataType: 'Number', stringValue: '1' },
      B: { dataType: 'Binary', binaryValue: 'AP8=' },
    }),
  ).toBe('fcf8e353453c5ce1da9b96e688ac1e2c');
});

test('takes values that are longer than its buffer', () => {
  // The same, of 9,000 characters of three bytes each.
  expect(md5OfAttributes({ a: { dataType: 'String', stringValue: '\u20ac'.repeat(9000) } })).toBe(
    '651be335c214c25091a391abe114c1dd',
  );
});
