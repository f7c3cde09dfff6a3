import { describe, expect, it } from 'vitest';
import type { QueuePlan } from '../../src/plan/plan.ts';
import type { MessageAttributes, Queue, ReceivedMessage } from '../../src/queue/queue.ts';

/** What the suite needs of an implementation. One harness serves one test. */
export interface QueueHarness {
  /** Creates them all at once; a redrive policy names another of them. */
  createQueues(settings: readonly QueuePlan[]): Promise<readonly Queue[]>;
  /** Lets that much time pass on the queue's clock: by moving it, or by waiting. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface QueueContract {
  open: () => Promise<QueueHarness>;
  /** Time passes only by waiting: then the tests wait side by side. */
  waits: boolean;
  /** Behaviours that the implementation under test is known to lack, each with the reason. They are skipped by name. */
  knownFaults?: Partial<Record<Behaviour, string>>;
}

const behaviours = {
  send: 'hands over what was sent, once, with its id and times',
  attributes: 'returns attributes of all types as they were sent, astral characters too',
  astralBody: 'keeps a body with characters of every plane and the allowed control characters byte for byte',
  largeBody: 'keeps a message of exactly the maximum size',
  delete: 'does not hand over a deleted message again, and takes a second delete for done',
  batch: 'hands over at most as many as asked for, and ten at once when there are ten',
  invisible: 'hides a received message until its visibility timeout ends, then counts the next receive',
  ownTimeout: 'takes a visibility timeout of the receive over that of the queue',
  release: 'hands over at once what was made visible with a timeout of 0',
  extend: 'hides a message for longer when its visibility is extended',
  releaseVisible: 'changes no visibility of a message that is visible or gone, and says so',
  staleDelete: 'still has a message after a delete with the handle of an earlier receive',
  delay: 'hands over a delayed message only when its delay is over',
  longPoll: 'answers a waiting receive when a message arrives',
  longPollVisible: 'answers a waiting receive when a message becomes visible again',
  longPollEmpty: 'answers a waiting receive with nothing when its time is over',
  abort: 'ends a waiting receive when its signal aborts, and loses no message by it',
  redrive: 'moves a message to the dead-letter queue at the receive after its last, with id, body and attributes',
  redriveAge: 'counts the age of a message in the dead-letter queue from when it was first sent',
  moveTo: 'moves a received message to another queue with attributes added, and it is gone here',
  depth: 'counts visible, in flight and delayed messages',
  refuseEmpty: 'refuses an empty body as SQS does',
  refuseCharacters: 'refuses characters that XML does not allow',
  refuseSize: 'refuses a message one byte over the maximum size, attributes included',
  refuseEmptyAttribute: 'refuses an attribute without a value',
  refuseManyAttributes: 'refuses more than ten attributes',
  retention: 'drops a message when its retention period ends',
} as const;

export type Behaviour = keyof typeof behaviours;

export function queuePlan(name: string, settings: Partial<QueuePlan> = {}): QueuePlan {
  return {
    name,
    retentionSeconds: 345_600,
    visibilityTimeoutSeconds: 30,
    maxMessageBytes: 1_048_576,
    receiveWaitSeconds: 0,
    ...settings,
  };
}

/** Runs every behaviour of the Queue port against an implementation. */
export function testQueueContract(name: string, { open, waits, knownFaults = {} }: QueueContract): void {
  describe(`${name} keeps the contract of a queue: it`, { concurrent: waits }, () => {
    const test = (behaviour: Behaviour, run: (opened: Opened) => Promise<void>) => {
      const fault = knownFaults[behaviour];
      const title = behaviours[behaviour] + (fault === undefined ? '' : ` (known fault: ${fault})`);
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- both stand with each behaviour below
      it.skipIf(fault !== undefined)(title, async () => {
        const harness = await open();
        try {
          await run(openedBy(harness));
        } finally {
          await harness.close();
        }
      });
    };

    test('send', async ({ create }) => {
      const queue = await create();
      const sent = await send(queue, 'hello');
      const [message, ...others] = await receive(queue);
      expect(others).toEqual([]);
      expect(message).toMatchObject({ messageId: sent.messageId, body: 'hello', attributes: {}, receiveCount: 1 });
      expect(message!.firstReceivedAt).toBeGreaterThanOrEqual(message!.sentAt);
      expect(message!.sentAt).toBeGreaterThan(Date.UTC(2020, 0));
      expect(await receive(queue)).toEqual([]);
    });

    test('attributes', async ({ create }) => {
      const queue = await create();
      const attributes: MessageAttributes = {
        Headers: { dataType: 'String', stringValue: 'x-a: "1"\\\nx-b: é€😀\n' },
        count: { dataType: 'Number', stringValue: '42' },
        'custom.kind': { dataType: 'String.json', stringValue: '{}' },
        bytes: { dataType: 'Binary', binaryValue: 'AP+A' },
      };
      await send(queue, 'x', attributes);
      const [message] = await receive(queue);
      expect(message!.attributes).toEqual(attributes);
    });

    test('astralBody', async ({ create }) => {
      const queue = await create();
      const body = 'tab\t line\n return\r del\u007f é € \ud7ff\ue000\ufffd 😀 \u{10ffff} "quoted" \\ &<>';
      await send(queue, body);
      const [message] = await receive(queue);
      expect(message!.body).toBe(body);
    });

    test('largeBody', async ({ create }) => {
      const queue = await create();
      const attributes: MessageAttributes = { abc: { dataType: 'String', stringValue: 'é' } };
      const body = 'x'.repeat(1_048_576 - 'abcString'.length - 2);
      await send(queue, body, attributes);
      const [message] = await receive(queue);
      expect(message!.body === body).toBe(true);
      expect(message!.attributes).toEqual(attributes);
    });

    test('delete', async ({ create, pass }) => {
      const queue = await create({ visibilityTimeoutSeconds: 1 });
      await send(queue, 'once');
      const [message] = await receive(queue);
      await queue.delete(message!.receiptHandle);
      await queue.delete(message!.receiptHandle);
      await pass(1_100);
      expect(await receive(queue)).toEqual([]);
    });

    test('batch', async ({ create }) => {
      const queue = await create();
      await Promise.all(Array.from({ length: 14 }, (_, index) => send(queue, `m${index}`)));
      const three = await queue.receive({ maxMessages: 3, waitSeconds: 0 });
      expect(three).toHaveLength(3);
      const ten = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
      expect(ten).toHaveLength(10);
      const last = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
      const bodies = [...three, ...ten, ...last].map((message) => message.body);
      expect(new Set(bodies)).toEqual(new Set(Array.from({ length: 14 }, (_, index) => `m${index}`)));
      expect(bodies).toHaveLength(14);
    });

    test('invisible', async ({ create, pass }) => {
      const queue = await create({ visibilityTimeoutSeconds: 1 });
      await send(queue, 'again');
      const [first] = await receive(queue);
      expect(await receive(queue)).toEqual([]);
      await pass(1_100);
      const [second] = await receive(queue);
      expect(second).toMatchObject({ messageId: first!.messageId, body: 'again', receiveCount: 2 });
      expect(second!.firstReceivedAt).toBe(first!.firstReceivedAt);
      expect(second!.sentAt).toBe(first!.sentAt);
      expect(second!.receiptHandle).not.toBe(first!.receiptHandle);
    });

    test('ownTimeout', async ({ create, pass }) => {
      const queue = await create({ visibilityTimeoutSeconds: 1 });
      await send(queue, 'x');
      await queue.receive({ maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds: 20 });
      await pass(1_500);
      expect(await receive(queue)).toEqual([]);
    });

    test('release', async ({ create }) => {
      const queue = await create();
      await send(queue, 'x');
      const [first] = await receive(queue);
      await queue.changeVisibility(first!.receiptHandle, 0);
      const [second] = await receive(queue);
      expect(second).toMatchObject({ body: 'x', receiveCount: 2 });
    });

    test('extend', async ({ create, pass }) => {
      const queue = await create({ visibilityTimeoutSeconds: 1 });
      await send(queue, 'x');
      const [first] = await receive(queue);
      await queue.changeVisibility(first!.receiptHandle, 20);
      await pass(1_500);
      expect(await receive(queue)).toEqual([]);
    });

    test('releaseVisible', async ({ create }) => {
      const queue = await create();
      await send(queue, 'x');
      const [first] = await receive(queue);
      expect(await queue.changeVisibility(first!.receiptHandle, 0)).toBe(true);
      expect(await queue.changeVisibility(first!.receiptHandle, 20)).toBe(false);
      const [second] = await receive(queue);
      expect(second).toMatchObject({ body: 'x' });
      await queue.delete(second!.receiptHandle);
      expect(await queue.changeVisibility(second!.receiptHandle, 0)).toBe(false);
      expect(await receive(queue)).toEqual([]);
    });

    test('staleDelete', async ({ create, pass }) => {
      const queue = await create({ visibilityTimeoutSeconds: 1 });
      await send(queue, 'x');
      const [first] = await receive(queue);
      await pass(1_100);
      const [second] = await receive(queue);
      await queue.delete(first!.receiptHandle);
      await queue.changeVisibility(second!.receiptHandle, 0);
      expect(await receive(queue)).toMatchObject([{ body: 'x', receiveCount: 3 }]);
    });

    test('delay', async ({ create, pass }) => {
      const queue = await create();
      await queue.send({ body: 'later', attributes: {}, delaySeconds: 1 });
      expect(await receive(queue)).toEqual([]);
      expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
      await pass(1_100);
      expect(await receive(queue)).toMatchObject([{ body: 'later', receiveCount: 1 }]);
    });

    test('longPoll', async ({ create }) => {
      const queue = await create();
      const waiting = queue.receive({ maxMessages: 10, waitSeconds: 20 });
      // A round trip, so that the receive has begun to wait.
      await queue.depth();
      await send(queue, 'wake');
      expect(await waiting).toMatchObject([{ body: 'wake' }]);
    });

    test('longPollVisible', async ({ create, pass }) => {
      const queue = await create({ visibilityTimeoutSeconds: 1 });
      await send(queue, 'x');
      await receive(queue);
      const waiting = queue.receive({ maxMessages: 1, waitSeconds: 20 });
      await queue.depth();
      await pass(1_100);
      expect(await waiting).toMatchObject([{ body: 'x', receiveCount: 2 }]);
    });

    test('longPollEmpty', async ({ create, pass }) => {
      const queue = await create();
      const waiting = queue.receive({ maxMessages: 1, waitSeconds: 1 });
      await queue.depth();
      await pass(1_100);
      expect(await waiting).toEqual([]);
    });

    test('abort', async ({ create }) => {
      const queue = await create();
      const abort = new AbortController();
      const waiting = queue.receive({ maxMessages: 1, waitSeconds: 20, signal: abort.signal });
      await queue.depth();
      abort.abort();
      expect(await waiting).toEqual([]);
      expect(await queue.receive({ maxMessages: 1, waitSeconds: 20, signal: abort.signal })).toEqual([]);
      await send(queue, 'still here');
      expect(await receive(queue)).toMatchObject([{ body: 'still here', receiveCount: 1 }]);
    });

    test('redrive', async ({ withDeadLetters }) => {
      const { queue, deadLetters } = await withDeadLetters(2);
      const attributes: MessageAttributes = { a: { dataType: 'String', stringValue: 'kept 😀' } };
      const sent = await send(queue, 'poison', attributes);
      for (const receiveCount of [1, 2]) {
        const [message] = await receive(queue);
        expect(message).toMatchObject({ body: 'poison', receiveCount });
        await queue.changeVisibility(message!.receiptHandle, 0);
      }
      expect(await receive(queue)).toEqual([]);
      expect(await receive(deadLetters)).toMatchObject([
        { messageId: sent.messageId, body: 'poison', attributes, receiveCount: 3 },
      ]);
      expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    });

    test('redriveAge', async ({ withDeadLetters, pass }) => {
      const { queue, deadLetters } = await withDeadLetters(1);
      await send(queue, 'poison');
      const [message] = await receive(queue);
      await pass(50);
      await queue.changeVisibility(message!.receiptHandle, 0);
      expect(await receive(queue)).toEqual([]);
      const [dead] = await receive(deadLetters);
      expect(dead!.sentAt).toBe(message!.sentAt);
    });

    test('moveTo', async ({ createQueues }) => {
      const [queue, other] = await createQueues([queuePlan('contract'), queuePlan('contract-other')]);
      const kept: MessageAttributes = { kept: { dataType: 'String', stringValue: '1' } };
      const added: MessageAttributes = { HookportOutcome: { dataType: 'String', stringValue: '{"kind":"rejected"}' } };
      // Whoever may send to the queue may take that name; nothing of it must stay beside what takes its place.
      const replaced: MessageAttributes = { HookportOutcome: { dataType: 'Binary', binaryValue: 'AAEC' } };
      await send(queue!, 'body 😀', { ...kept, ...replaced });
      const [message] = await receive(queue!);
      await queue!.moveTo(other!, message!, added);
      const [moved] = await receive(other!);
      expect(moved).toMatchObject({ body: 'body 😀', receiveCount: 1 });
      expect(moved!.attributes).toEqual({ ...kept, ...added });
      expect(await queue!.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    });

    test('depth', async ({ create }) => {
      const queue = await create();
      for (const body of ['a', 'b', 'c']) await send(queue, body);
      await queue.send({ body: 'd', attributes: {}, delaySeconds: 60 });
      const [message] = await queue.receive({ maxMessages: 1, waitSeconds: 0 });
      expect(await queue.depth()).toEqual({ visible: 2, inFlight: 1, delayed: 1 });
      await queue.delete(message!.receiptHandle);
      expect(await queue.depth()).toEqual({ visible: 2, inFlight: 0, delayed: 1 });
    });

    test('refuseEmpty', async ({ create }) => {
      const queue = await create();
      expect(await queue.send({ body: '', attributes: {} })).toMatchObject({ ok: false, code: 'MissingParameter' });
    });

    test('refuseCharacters', async ({ create }) => {
      const queue = await create();
      for (const body of ['a\u0000b', '\u0008', '\ufffe'])
        expect(await queue.send({ body, attributes: {} })).toMatchObject({ ok: false, code: 'InvalidMessageContents' });
      expect(await receive(queue)).toEqual([]);
    });

    test('refuseSize', async ({ create }) => {
      const queue = await create({ maxMessageBytes: 2048 });
      const attributes: MessageAttributes = { abc: { dataType: 'String', stringValue: 'é' } };
      const room = 2048 - 'abcString'.length - 2;
      await send(queue, 'x'.repeat(room), attributes);
      expect(await queue.send({ body: 'x'.repeat(room + 1), attributes })).toMatchObject({
        ok: false,
        code: 'InvalidParameterValue',
      });
      expect(await receive(queue)).toHaveLength(1);
    });

    test('refuseEmptyAttribute', async ({ create }) => {
      const queue = await create();
      const attributes: MessageAttributes = { empty: { dataType: 'String', stringValue: '' } };
      expect(await queue.send({ body: 'x', attributes })).toMatchObject({ ok: false, code: 'InvalidParameterValue' });
    });

    test('refuseManyAttributes', async ({ create }) => {
      const queue = await create();
      const attributes: MessageAttributes = Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [`a${index}`, { dataType: 'String', stringValue: '1' }]),
      );
      expect(await queue.send({ body: 'x', attributes })).toMatchObject({ ok: false, code: 'InvalidParameterValue' });
    });

    test('retention', async ({ create, pass }) => {
      const queue = await create({ retentionSeconds: 60 });
      await send(queue, 'old');
      await pass(61_000);
      expect(await receive(queue)).toEqual([]);
    });
  });
}

interface Opened {
  createQueues: (settings: readonly QueuePlan[]) => Promise<readonly Queue[]>;
  pass: (ms: number) => Promise<void>;
  create: (settings?: Partial<QueuePlan>) => Promise<Queue>;
  withDeadLetters: (maxReceiveCount: number) => Promise<{ queue: Queue; deadLetters: Queue }>;
}

function openedBy(harness: QueueHarness): Opened {
  return {
    createQueues: (settings) => harness.createQueues(settings),
    pass: (ms) => harness.pass(ms),
    async create(settings = {}) {
      const [queue] = await harness.createQueues([queuePlan('contract', settings)]);
      return queue!;
    },
    async withDeadLetters(maxReceiveCount) {
      const redrive = { deadLetterQueue: 'contract-dlq', maxReceiveCount };
      const [queue, deadLetters] = await harness.createQueues([
        queuePlan('contract', { redrive }),
        queuePlan('contract-dlq'),
      ]);
      return { queue: queue!, deadLetters: deadLetters! };
    },
  };
}

async function send(queue: Queue, body: string, attributes: MessageAttributes = {}) {
  const sent = await queue.send({ body, attributes });
  if (!sent.ok) throw new Error(`refused: ${sent.code} ${sent.message}`);
  return sent;
}

/** Up to ten that are there now. */
function receive(queue: Queue): Promise<ReceivedMessage[]> {
  return queue.receive({ maxMessages: 10, waitSeconds: 0 });
}
