import { expect, test } from 'vitest';
import { refusalAnswer } from '../../../src/local/gateway/sqs-answer.ts';

test('what a refusal quotes is text in the XML', () => {
  const { body } = refusalAnswer({ ok: false, code: 'A&B', message: 'no <b>"bold"</b> & no more' });
  expect(body).toContain('<Code>A&amp;B</Code><Message>no &lt;b&gt;"bold"&lt;/b&gt; &amp; no more</Message>');
});
