import { describe, expect, test } from 'vitest';
import { github } from '../../providers/github.ts';
import { gitlab } from '../../providers/gitlab.ts';
import { telegram } from '../../providers/telegram.ts';
import { describeDeadLetter, isCalled } from '../../src/consumer/dead-letter.ts';
import { formatOutcome } from '../../src/consumer/outcome-attribute.ts';
import { received } from '../fakes/source.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const why = formatOutcome(
  { kind: 'rejected', reason: 'signature_mismatch', detail: 'no secret matches' },
  { attempts: 2, at: at + 60_000 },
);

describe('a dead letter', () => {
  test('says what it claims to be, why it rests and since when', () => {
    const message = received({ at, id: 'd-1', event: 'push' });
    const letter = describeDeadLetter({ ...message, attributes: { ...message.attributes, ...why } }, github);
    expect(letter).toMatchObject({
      deliveryId: 'd-1',
      requestId: 'request-d-1',
      eventType: 'push',
      receivedAt: '2026-01-02T03:04:05.000Z',
      restingSince: '2026-01-02T03:05:05.000Z',
      kind: 'rejected',
      reason: 'signature_mismatch',
      attempts: 2,
      sourceIp: '192.0.2.1',
    });
    expect(letter.headers['x-hub-signature-256']).toMatch(/^sha256=/);
    expect(['d-1', 'request-d-1', 'message of d-1', 'push'].map((id) => isCalled(letter, id))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('never shows a static credential from before its source went over to signatures', () => {
    const message = received({ at, headers: { 'x-gitlab-token': 'hunter2' } });
    expect(JSON.stringify(describeDeadLetter(message, gitlab, 'signing-token'))).not.toContain('hunter2');
  });

  test.each([
    ['as it is written now', {}],
    [
      'as it was written before version 3',
      {
        attributes: Object.fromEntries(
          Object.entries({
            ContextHead: `r ${at} 192.0.2.1`,
            Headers: 'x-gitlab-token: hunter2\nx-github-event: push\n',
            Query: 'r 1\ntoken: hunter2\nr',
            Wire: '2',
            ContextTail: `r ${at} 192.0.2.1`,
          }).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
        ),
      },
    ],
  ])('never shows a static credential from before its source had another provider: %s', (_how, more) => {
    const message = received({ at, headers: { 'x-gitlab-token': 'hunter2' } }, more);
    const letter = describeDeadLetter(message, github);
    expect(letter).toMatchObject({ headers: { 'x-github-event': 'push' } });
    expect(JSON.stringify(letter)).not.toContain('hunter2');
  });

  test('never shows a static credential', () => {
    const message = received({ at, headers: { 'x-telegram-bot-api-secret-token': 'hunter2' } });
    expect(JSON.stringify(describeDeadLetter(message, telegram))).not.toContain('hunter2');
  });

  test('that the queue itself moved rests since it came in, or was moved where the queue tells', () => {
    const message = received({ at });
    expect(describeDeadLetter(message, github)).toMatchObject({ kind: 'unknown', attempts: null });
    expect(describeDeadLetter({ ...message, enteredAt: at + 5000 }, github).restingSince).toBe(
      '2026-01-02T03:04:10.000Z',
    );
  });

  test('that is none of the endpoint’s is told without headers, whatever stands in it', () => {
    const outcome = { dataType: 'String', stringValue: '{"kind":"rejected","reason":"x","at":1e300,"attempts":-1}' };
    const message = { ...received({ at }), attributes: { Wire: outcome, HookportOutcome: outcome } };
    expect(describeDeadLetter(message, github)).toMatchObject({
      requestId: null,
      deliveryId: null,
      receivedAt: null,
      restingSince: '2026-01-02T03:04:05.000Z',
      headers: {},
      attempts: null,
    });
  });
});
