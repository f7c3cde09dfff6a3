import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeMessage } from '../../../src/delivery/wire.ts';
import { attributeBytes } from '../../../src/queue/attribute-rules.ts';
import { queuePlan } from '../../contract/queue.ts';
import { arrived } from '../../fakes/source.ts';
import { openInProcess, removeFolder, startOfTime, temporaryFolder } from './in-process.ts';

const day = 86_400_000;
const plan = [queuePlan('q', { redrive: { deadLetterQueue: 'dlq', maxReceiveCount: 5 } }), queuePlan('dlq')];
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

test.each([
  ['a day', day],
  ['an hour', day / 24],
])('after a start under a clock that was set %s back, what waited can be received at once', async (_time, ms) => {
  const ahead = await openInProcess(plan, { folder, now: startOfTime + ms });
  const before = ahead.queues.queue('q');
  for (const body of ['waiting', 'in hand', 'put off']) await before.send({ body, attributes: {} });
  await before.receive({ maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds: 30 });
  const [last] = await before.receive({ maxMessages: 1, waitSeconds: 0 });
  await before.changeVisibility(last?.receiptHandle ?? '', 3600);
  await ahead.close();

  const back = await openInProcess(plan, { folder, now: startOfTime });
  const received = await back.queues.queue('q').receive({ maxMessages: 10, waitSeconds: 0 });
  expect(received.map(({ body }) => body).toSorted()).toEqual(['in hand', 'put off', 'waiting']);
  await back.close();
});

test('what was sent before the clock went wrong is told by when it was first received', async () => {
  const right = await openInProcess(plan, { folder, now: startOfTime });
  await right.queues.queue('q').send({ body: 'put off', attributes: {} });
  await right.close();
  const ahead = await openInProcess(plan, { folder, now: startOfTime + day / 24 });
  await ahead.queues.queue('q').receive({ maxMessages: 1, waitSeconds: 0 });
  await ahead.close();

  const back = await openInProcess(plan, { folder, now: startOfTime + 1000 });
  expect(await back.queues.queue('q').receive({ maxMessages: 1, waitSeconds: 0 })).toHaveLength(1);
  await back.close();
});

test('after a start under the right clock, what is in hand or put off keeps its time', async () => {
  const first = await openInProcess(plan, { folder, now: startOfTime });
  const before = first.queues.queue('q');
  await before.send({ body: 'in hand', attributes: {} });
  await before.send({ body: 'delayed', attributes: {}, delaySeconds: 900 });
  await before.receive({ maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds: 43_200 });
  await first.close();

  const second = await openInProcess(plan, { folder, now: startOfTime + 1000 });
  expect(await second.queues.queue('q').receive({ maxMessages: 10, waitSeconds: 0 })).toEqual([]);
  await second.close();
});

test('what arrived just before the clock was set back counts as sent when it arrived, or a consumer would refuse it', async () => {
  const opened = await openInProcess(plan, { folder, now: startOfTime });
  const queue = opened.queues.queue('q');
  const { body, attributes } = arrived({ at: startOfTime + day });
  const checked = { json: JSON.stringify(attributes), bytes: attributeBytes(attributes) };
  await queue.sendBytes(Buffer.from(body), checked, startOfTime + day);
  const [message] = await queue.receive({ maxMessages: 1, waitSeconds: 0 });
  expect(message?.sentAt).toBe(startOfTime + day);
  expect(decodeMessage(message!, message!.sentAt)).toMatchObject({ ok: true });
  await opened.close();
});

test('after a start under a clock that was set a day back, what is moved stays a message that a consumer takes', async () => {
  const ahead = await openInProcess(plan, { folder, now: startOfTime + day });
  const { body, attributes } = arrived({ at: startOfTime + day });
  for (const name of ['q', 'dlq']) await ahead.queues.queue(name).send({ body, attributes });
  await ahead.close();

  const back = await openInProcess(plan, { folder, now: startOfTime });
  const [queue, deadLetters] = [back.queues.queue('q'), back.queues.queue('dlq')];
  await deadLetters.startMoveTask({ destination: 'q' });
  await expect.poll(async () => (await deadLetters.moveTasks())[0]?.status).toBe('COMPLETED');
  const moved = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
  expect(moved).toHaveLength(2);
  for (const message of moved) await queue.moveTo(deadLetters, message, {});
  const { messages } = await deadLetters.list({ limit: 10 });
  for (const message of [...moved, ...messages])
    expect(decodeMessage(message, message.sentAt)).toMatchObject({ ok: true });
  await back.close();
});

test('after a start under a clock that was set a day back, a purge takes what was there, and nothing that comes later', async () => {
  const ahead = await openInProcess(plan, { folder, now: startOfTime + day });
  for (let n = 0; n < 3; n++) await ahead.queues.queue('q').send({ body: 'before', attributes: {} });
  await ahead.close();

  const back = await openInProcess(plan, { folder, now: startOfTime });
  const queue = back.queues.queue('q');
  expect(await queue.purge()).toBe(3);
  await queue.send({ body: 'after', attributes: {} });
  expect((await queue.list({ limit: 10 })).messages.map(({ body }) => body)).toEqual(['after']);
  await back.close();
});
