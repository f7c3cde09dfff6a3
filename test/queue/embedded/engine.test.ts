import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import { attachEmbeddedQueues } from '../../../src/queue/embedded/attach.ts';
import type { EmbeddedQueue } from '../../../src/queue/embedded/embedded-queue.ts';
import { queuePlan } from '../../contract/queue.ts';
import { type InProcessQueues, openInProcess, removeFolder, startOfTime } from './in-process.ts';

const day = 86_400_000;
const withDeadLetters = [
  queuePlan('q', { redrive: { deadLetterQueue: 'dlq', maxReceiveCount: 1 }, retentionSeconds: 7 * 86_400 }),
  queuePlan('dlq', { retentionSeconds: 14 * 86_400 }),
];

let opened: InProcessQueues[] = [];
afterEach(async () => {
  for (const one of opened) await one.close();
  for (const one of opened) removeFolder(one.folder);
  opened = [];
});

async function open(
  plan: readonly QueuePlan[],
  options?: Parameters<typeof openInProcess>[1],
): Promise<InProcessQueues> {
  const one = await openInProcess(plan, options);
  opened.push(one);
  return one;
}

async function fill(queue: EmbeddedQueue, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => queue.send({ body: `m${index}`, attributes: {} })));
}

const receive = (queue: EmbeddedQueue, maxMessages = 10) => queue.receive({ maxMessages, waitSeconds: 0 });

/** Lets every message of `q` use up its receives, so that it goes to `dlq`. */
async function killAll({ queues }: InProcessQueues): Promise<void> {
  const queue = queues.queue('q');
  for (;;) {
    const messages = await receive(queue);
    if (messages.length === 0) return;
    await Promise.all(messages.map(({ receiptHandle }) => queue.changeVisibility(receiptHandle, 0)));
  }
}

describe('the engine of the embedded queue', () => {
  it('serves waiting receivers first come first served, each with its share', async () => {
    const { queues } = await open([queuePlan('q')]);
    const queue = queues.queue('q');
    const waiting = Array.from({ length: 5 }, () => queue.receive({ maxMessages: 2, waitSeconds: 20 }));
    await queue.depth();
    await fill(queue, 10);
    const served = await Promise.all(waiting);
    expect(served.map((messages) => messages.map(({ body }) => body))).toEqual(
      Array.from({ length: 5 }, (_, index) => [`m${index * 2}`, `m${index * 2 + 1}`]),
    );
  });

  it('gives no message to a client that has left while it waited', async () => {
    const { queues } = await open([queuePlan('q')]);
    const other = await attachEmbeddedQueues(queues.connect());
    const waiting = other.queue('q').receive({ maxMessages: 1, waitSeconds: 20 });
    await other.close();
    expect(await waiting).toEqual([]);
    await fill(queues.queue('q'), 1);
    expect(await receive(queues.queue('q'))).toMatchObject([{ receiveCount: 1 }]);
  });

  it('commits nothing while the disk is to catch up, and then goes on', async () => {
    let hold: Promise<void> | undefined;
    const { queues } = await open([queuePlan('q')], { written: () => hold });
    const queue = queues.queue('q');
    let release = () => {};
    hold = new Promise((resolve) => (release = resolve));
    await queue.depth();
    await fill(queue, 1);
    let received: unknown[] = [];
    const receiving = receive(queue).then((messages) => (received = messages));
    await sleep(50);
    const early = received.length;
    hold = undefined;
    release();
    await receiving;
    expect(early).toBe(0);
    expect(received).toMatchObject([{ body: 'm0' }]);
  });

  it('gives one receive with a visibility timeout of 0 each message once', async () => {
    const { queues } = await open([queuePlan('q')]);
    await fill(queues.queue('q'), 3);
    const messages = await queues.queue('q').receive({ maxMessages: 10, waitSeconds: 0, visibilityTimeoutSeconds: 0 });
    expect(messages.map(({ body }) => body)).toEqual(['m0', 'm1', 'm2']);
  });

  it('redrives more messages than one step takes, and then still answers the receive', async () => {
    const one = await open(withDeadLetters);
    const queue = one.queues.queue('q');
    await fill(queue, 350);
    for (let received = 0; received < 350;) received += (await receive(queue)).length;
    one.pass(31_000);
    await queue.send({ body: 'fresh', attributes: {} });
    expect(await queue.receive({ maxMessages: 10, waitSeconds: 1 })).toMatchObject([{ body: 'fresh' }]);
    expect(await one.queues.queue('dlq').depth()).toEqual({ visible: 350, inFlight: 0, delayed: 0 });
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
  });

  it('wakes a receiver of the dead-letter queue when a message goes there', async () => {
    const one = await open(withDeadLetters);
    await fill(one.queues.queue('q'), 1);
    const waiting = one.queues.queue('dlq').receive({ maxMessages: 1, waitSeconds: 20 });
    await killAll(one);
    expect(await waiting).toMatchObject([{ body: 'm0', receiveCount: 2, deadLetterSource: 'q' }]);
  });

  it('drops expired messages by itself, in a dead-letter queue counted from when they were first sent', async () => {
    const one = await open(withDeadLetters);
    const [queue, deadLetters] = [one.queues.queue('q'), one.queues.queue('dlq')];
    await fill(queue, 250);
    one.pass(6 * day);
    await killAll(one);
    await fill(queue, 250);
    expect(await deadLetters.depth()).toMatchObject({ visible: 250 });
    one.pass(7 * day);
    await expect.poll(async () => queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(await deadLetters.depth()).toMatchObject({ visible: 250 });
    one.pass(day);
    await expect.poll(async () => deadLetters.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('purges what was there, in flight and delayed too, and leaves other queues and what comes after', async () => {
    const { queues } = await open([queuePlan('q'), queuePlan('other')]);
    const queue = queues.queue('q');
    await fill(queue, 345);
    await queue.send({ body: 'delayed', attributes: {}, delaySeconds: 60 });
    await receive(queue);
    await fill(queues.queue('other'), 3);
    const purging = queue.purge();
    const after = queue.send({ body: 'after', attributes: {} });
    expect(await purging).toBe(346);
    await after;
    expect(await queue.depth()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
    expect(await queues.queue('other').depth()).toMatchObject({ visible: 3 });
    expect(await queue.purge()).toBe(1);
    expect(await queue.purge()).toBe(0);
  });

  it('lists messages by pages without receiving them, from either end', async () => {
    const one = await open([queuePlan('q')]);
    const queue = one.queues.queue('q');
    const attributes = { a: { dataType: 'String', stringValue: '😀' } };
    for (let index = 0; index < 5; index++) {
      await queue.send({ body: `m${index}`, attributes });
      // Whoever asks sees what was sent before: so it is in the database before the clock goes on.
      await queue.depth();
      if (index % 2) one.pass(10);
    }
    const read = async (newestFirst: boolean) => {
      const bodies: string[][] = [];
      let after: string | undefined;
      do {
        const page = await queue.list({ limit: 2, newestFirst, ...(after !== undefined && { after }) });
        bodies.push(page.messages.map(({ body }) => body));
        after = page.next;
      } while (after !== undefined);
      return bodies;
    };
    expect(await read(false)).toEqual([['m0', 'm1'], ['m2', 'm3'], ['m4']]);
    expect(await read(true)).toEqual([['m4', 'm3'], ['m2', 'm1'], ['m0']]);
    expect((await queue.list({ limit: 1 })).messages).toEqual([
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        body: 'm0',
        attributes,
        sentAt: startOfTime,
        enteredAt: startOfTime,
        visibleAt: startOfTime,
        receiveCount: 0,
      },
    ]);
    expect(await queue.depth()).toEqual({ visible: 5, inFlight: 0, delayed: 0 });
  });

  it('refuses what SQS refuses at the sender, and asks beyond the limits of a receive are misuse', async () => {
    const { queues } = await open([queuePlan('q')]);
    const queue = queues.queue('q');
    for (const options of [
      { maxMessages: 11, waitSeconds: 0 },
      { maxMessages: 0, waitSeconds: 0 },
      { maxMessages: 1, waitSeconds: 21 },
      { maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds: 43_201 },
    ])
      await expect(queue.receive(options)).rejects.toMatchObject({ code: 'usage' });
    await expect(queue.changeVisibility('1.1.x', -1)).rejects.toMatchObject({ code: 'usage' });
    expect(() => queues.queue('none')).toThrow(expect.objectContaining({ code: 'queue_not_found' }));
  });

  it('ignores handles of other queues, of no queue and of rows that were given out again', async () => {
    const one = await open([queuePlan('q'), queuePlan('other')]);
    const [queue, other] = [one.queues.queue('q'), one.queues.queue('other')];
    await fill(queue, 1);
    const [first] = await receive(queue);
    await other.delete(first!.receiptHandle);
    await other.changeVisibility(first!.receiptHandle, 0);
    await queue.delete('nonsense');
    expect(await queue.depth()).toMatchObject({ inFlight: 1 });
    await queue.delete(first!.receiptHandle);
    await one.close();
    const again = (await open([queuePlan('q'), queuePlan('other')], { folder: one.folder })).queues.queue('q');
    await fill(again, 1);
    const [second] = await receive(again);
    // After a start the same row and receive count: only the message id tells them apart.
    expect(second!.receiptHandle.split('.').slice(0, 2)).toEqual(first!.receiptHandle.split('.').slice(0, 2));
    await again.delete(first!.receiptHandle);
    expect(await again.depth()).toMatchObject({ inFlight: 1 });
  });

  it('rejects everything when it is closed, and ends receives that wait', async () => {
    const one = await open([queuePlan('q')]);
    const other = await attachEmbeddedQueues(one.queues.connect());
    const waiting = other.queue('q').receive({ maxMessages: 1, waitSeconds: 20 });
    await other.queue('q').depth();
    await one.close();
    expect(await waiting).toEqual([]);
    await expect(one.queues.queue('q').send({ body: 'x', attributes: {} })).rejects.toMatchObject({
      code: 'queue_unavailable',
    });
    await expect
      .poll(() =>
        other
          .queue('q')
          .depth()
          .catch((error: { code: string }) => error.code),
      )
      .toBe('queue_unavailable');
  });

  it('keeps messages, counts and ages over a restart, and those of a queue that the plan lost', async () => {
    const first = await open(withDeadLetters);
    await fill(first.queues.queue('q'), 3);
    await receive(first.queues.queue('q'), 1);
    await first.close();
    const without = await open([withDeadLetters[1]!], { folder: first.folder, now: startOfTime + 1000 });
    expect(without.queues.names()).toEqual(['dlq']);
    await without.close();
    const again = await open(withDeadLetters, { folder: first.folder, now: startOfTime + 2000 });
    expect(await again.queues.queue('q').depth()).toEqual({ visible: 2, inFlight: 1, delayed: 0 });
    expect(again.queues.queue('q').createdAt).toBe(startOfTime);
    expect(await receive(again.queues.queue('q'))).toMatchObject([{ sentAt: startOfTime }, { sentAt: startOfTime }]);
  });

  it('tells which queues the plan does not name, and what they keep, but for what is too old', async () => {
    const first = await open([...withDeadLetters, queuePlan('empty')]);
    await fill(first.queues.queue('q'), 3);
    await first.queues.queue('dlq').send({ body: 'rests', attributes: {} });
    expect(first.queues.unreachable).toEqual([]);
    await first.close();
    const after = async (days: number) => {
      const one = await open([queuePlan('other')], { folder: first.folder, now: startOfTime + days * 86_400_000 });
      const { unreachable } = one.queues;
      await one.close();
      return unreachable;
    };
    expect(await after(1)).toEqual([
      { name: 'dlq', messages: 1 },
      { name: 'q', messages: 3 },
    ]);
    expect(await after(8)).toEqual([{ name: 'dlq', messages: 1 }]);
  });

  it('tells how many messages go since their queue keeps them for less long than before', async () => {
    const first = await open(withDeadLetters);
    await fill(first.queues.queue('q'), 2);
    await first.queues.queue('dlq').send({ body: 'rests', attributes: {} });
    first.pass(86_400_000);
    await first.queues.queue('dlq').send({ body: 'is newer', attributes: {} });
    await first.close();
    const [q, dlq] = withDeadLetters.map((each) => ({ ...each, retentionSeconds: 8 * 86_400 }));
    const later = { folder: first.folder, now: startOfTime + 8.5 * 86_400_000 };
    const shorter = await open([q!, dlq!], later);
    expect(shorter.queues.shortened).toEqual([{ name: 'dlq', messages: 1 }]);
    await shorter.close();
    const again = await open([q!, dlq!], later);
    expect(again.queues.shortened).toEqual([]);
    await again.close();
  });

  it('does not open the database of a newer Hookport, and says what to do', async () => {
    const first = await open([queuePlan('q')]);
    await first.close();
    const database = new DatabaseSync(join(first.folder, 'queues.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(open([queuePlan('q')], { folder: first.folder })).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: expect.stringMatching(/newer Hookport.*start that version again/),
    });
  });
});

describe('a message move task', () => {
  const redriven = async (count: number) => {
    const one = await open(withDeadLetters);
    await fill(one.queues.queue('q'), count);
    await killAll(one);
    one.pass(1000);
    return { one, queue: one.queues.queue('q'), deadLetters: one.queues.queue('dlq') };
  };

  it('moves messages back to where they came from, as new messages with their body and attributes', async () => {
    const { one, queue, deadLetters } = await redriven(0);
    const attributes = { HookportOutcome: { dataType: 'String', stringValue: '{}' } };
    const sent = await queue.send({ body: 'again', attributes });
    await killAll(one);
    one.pass(1000);
    expect(await deadLetters.startMoveTask()).toMatchObject({ ok: true });
    const [message] = await queue.receive({ maxMessages: 10, waitSeconds: 20 });
    expect(message).toMatchObject({ body: 'again', attributes, receiveCount: 1, sentAt: one.now() });
    expect(message!.messageId).not.toBe(sent.ok && sent.messageId);
    expect(message).not.toHaveProperty('deadLetterSource');
    expect(await deadLetters.moveTasks()).toMatchObject([{ status: 'COMPLETED', source: 'dlq', moved: 1, toMove: 1 }]);
  });

  it('moves more than one step takes, and none that comes back while it runs', async () => {
    const { one, queue, deadLetters } = await redriven(450);
    await deadLetters.startMoveTask({ destination: 'q' });
    await expect.poll(async () => (await deadLetters.moveTasks())[0]?.status).toBe('COMPLETED');
    expect((await deadLetters.moveTasks())[0]).toMatchObject({ moved: 450, toMove: 450, destination: 'q' });
    expect(await queue.depth()).toMatchObject({ visible: 450 });
    await killAll(one);
    expect(await deadLetters.depth()).toMatchObject({ visible: 450 });
  });

  it('keeps to its rate, can be cancelled, and is alone on its queue', async () => {
    const { one, deadLetters } = await redriven(50);
    const started = await deadLetters.startMoveTask({ maxPerSecond: 10 });
    expect(started).toMatchObject({ ok: true });
    expect(await deadLetters.startMoveTask()).toMatchObject({ ok: false, code: 'InvalidParameterValue' });
    one.pass(1000);
    await expect.poll(async () => (await deadLetters.moveTasks())[0]?.moved).toBe(11);
    one.pass(1000);
    await expect.poll(async () => (await deadLetters.moveTasks())[0]?.moved).toBe(21);
    const handle = started.ok ? started.taskHandle : '';
    expect(await one.queues.cancelMoveTask(handle)).toEqual({ moved: 21 });
    expect(await one.queues.cancelMoveTask(handle)).toBeUndefined();
    one.pass(5000);
    expect(await deadLetters.depth()).toMatchObject({ visible: 29 });
    expect((await deadLetters.moveTasks())[0]).toMatchObject({ status: 'CANCELLED', moved: 21 });
  });

  it('fails where it cannot tell the source of a message, as SQS does, until a destination is named', async () => {
    const { queue, deadLetters } = await redriven(0);
    await fill(deadLetters, 2);
    await deadLetters.startMoveTask();
    await expect
      .poll(async () => (await deadLetters.moveTasks())[0])
      .toMatchObject({
        status: 'FAILED',
        failureReason: 'CouldNotDetermineMessageSource',
        moved: 0,
      });
    await deadLetters.startMoveTask({ destination: 'q' });
    await expect.poll(async () => queue.depth()).toMatchObject({ visible: 2 });
  });

  it('is refused for a queue that is no dead-letter queue, an unknown destination and the queue itself', async () => {
    const { queue, deadLetters } = await redriven(0);
    expect(await queue.startMoveTask()).toMatchObject({ ok: false, code: 'InvalidParameterValue' });
    expect(await deadLetters.startMoveTask({ destination: 'none' })).toMatchObject({
      code: 'ResourceNotFoundException',
    });
    expect(await deadLetters.startMoveTask({ destination: 'dlq' })).toMatchObject({ code: 'InvalidParameterValue' });
    expect(await deadLetters.startMoveTask({ maxPerSecond: 501 })).toMatchObject({ code: 'InvalidParameterValue' });
  });
});
