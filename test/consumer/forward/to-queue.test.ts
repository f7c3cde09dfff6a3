import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { forwardToQueue, toMessage } from '../../../src/consumer/forward/to-queue.ts';
import type { VerifiedDelivery } from '../../../src/delivery/delivery.ts';
import { inOrder } from '../../../src/delivery/dispatch.ts';
import { refusalOf } from '../../../src/queue/message-rules.ts';
import { verifiedDelivery } from '../../fakes/delivery.ts';
import { createLogFake } from '../../fakes/log.ts';
import { createFakeQueue } from '../../fakes/queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const delivery = verifiedDelivery();
const values = (message: ReturnType<typeof toMessage>) =>
  Object.fromEntries(Object.entries(message.attributes).map(([name, { stringValue }]) => [name, stringValue]));

describe('a verified delivery on its way', () => {
  test('is a CloudEvent 1.0 in binary mode: attributes beside an untouched body', () => {
    const message = toMessage(delivery);
    expect(message.body).toBe('{"a": "ä" }\n');
    expect(values(message)).toEqual({
      'ce-specversion': '1.0',
      'ce-id': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'ce-source': '/hookport/github/github',
      'ce-type': 'github.push',
      'ce-time': '2023-11-14T22:13:20.123Z',
      'ce-datacontenttype': 'application/json',
      Headers: 'content-type: application/json\nx-github-event: push\n',
    });
  });

  test('has the query parameters that are kept, where there are any', () => {
    expect(values(toMessage({ ...delivery, query: { kind: 'a: b', id: '7' } }))['Query']).toBe('kind: a: b\nid: 7\n');
    expect(values(toMessage({ ...delivery, query: {} }))).not.toHaveProperty('Query');
  });

  test('says that it may be a replay, still within the ten attributes that SQS takes', () => {
    const message = toMessage({
      ...delivery,
      suspectedReplay: true,
      body: Uint8Array.of(0xff, 0xfe),
      query: { kind: 'a' },
    });
    expect(values(message)['ce-suspectedreplay']).toBe('true');
    expect(refusalOf(message, 1_048_576)).toBeUndefined();
  });

  test.each<[string, Partial<VerifiedDelivery>]>([
    ['without type and headers', { eventType: undefined, headers: {} }],
    ['with control characters in its id', { id: 'a\u0000b\uffff\ud800' }],
    ['with an id of 500 KB', { id: 'x'.repeat(500_000), eventType: 'y'.repeat(500_000) }],
    ['with a body that is not UTF-8', { body: Uint8Array.of(0xff, 0xfe) }],
  ])('%s is a message that SQS takes', (_, change) => {
    expect(refusalOf(toMessage({ ...delivery, ...change }), 1_048_576)).toBeUndefined();
  });

  test('whose body is not UTF-8 goes as base64, and says so', () => {
    const message = toMessage({ ...delivery, body: Uint8Array.of(0xff, 0x00) });
    expect(message.body).toBe('/wA=');
    expect(values(message)['ce-datacontentencoding']).toBe('base64');
  });
});

describe('forwarding', () => {
  test('counts as handled when the queue has it', async () => {
    const queue = createFakeQueue();
    expect(await forwardToQueue(queue, createLogFake())([delivery, delivery])).toEqual([
      { kind: 'handled' },
      { kind: 'handled' },
    ]);
    expect(queue.messages).toHaveLength(2);
  });

  test('fails when the queue cannot be reached, and is tried again', async () => {
    const queue = createFakeQueue();
    queue.fail('send', 1);
    const forward = forwardToQueue(queue, createLogFake());
    expect(await forward([delivery])).toMatchObject([{ kind: 'failed', reason: 'forward_failed' }]);
    expect(await forward([delivery])).toEqual([{ kind: 'handled' }]);
  });

  test('fails with the code when the queue refuses the message', async () => {
    const queue = createFakeQueue();
    queue.send = async () => ({ ok: false, code: 'InvalidMessageContents', message: 'no' });
    expect(await forwardToQueue(queue, createLogFake())([delivery])).toMatchObject([
      { kind: 'failed', reason: 'forward_failed', detail: 'InvalidMessageContents: no' },
    ]);
  });

  test('beside a handler takes only what the handler has handled', async () => {
    const queue = createFakeQueue();
    const both = inOrder(
      async (deliveries) =>
        deliveries.map(({ id }) =>
          id === 'bad' ? { kind: 'failed', reason: 'handler_error', detail: '' } : { kind: 'handled' },
        ),
      forwardToQueue(queue, createLogFake()),
    );
    const outcomes = await both([delivery, { ...delivery, id: 'bad' }, { ...delivery, id: 'good' }]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', 'failed', 'handled']);
    expect(queue.messages.map(({ attributes }) => attributes['ce-id']?.stringValue)).toEqual([delivery.id, 'good']);
  });
});
