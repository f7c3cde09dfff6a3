import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { openInProcess } from './in-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hookport-until-exit-'));
beforeEach(() => mkdirSync(folder, { recursive: true }));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const settings: QueuePlan = {
  name: 'q',
  retentionSeconds: 86_400,
  visibilityTimeoutSeconds: 3600,
  maxMessageBytes: 1_048_576,
  receiveWaitSeconds: 0,
};
const open = () => openEmbeddedQueues({ folder, queues: [settings] });
const bodies = (messages: readonly { body: string }[]) => messages.map(({ body }) => body);

test('what the process before held comes back first; what it put off, or others hold, keeps its time', async () => {
  const before = await open();
  const queue = before.queue('q');
  for (const body of ['held', 'put off', 'held by another', 'waiting']) await queue.send({ body, attributes: {} });
  const [, putOff] = await queue.receive({ maxMessages: 2, waitSeconds: 0, untilExit: true });
  await queue.changeVisibility(putOff?.receiptHandle ?? '', 600);
  await queue.receive({ maxMessages: 1, waitSeconds: 0 });
  await before.close();

  const after = await open();
  const received = await after.queue('q').receive({ maxMessages: 10, waitSeconds: 0 });
  expect(bodies(received)).toEqual(['held', 'waiting']);
  // The receive that the end of the process cut short does not count.
  expect(received[0]?.receiveCount).toBe(1);
  await after.close();
});

test('a message that is in hand at every end of the process goes to the dead-letter queue in the end', async () => {
  const dead = { ...settings, name: 'q-dlq' };
  const queues = [{ ...settings, redrive: { deadLetterQueue: 'q-dlq', maxReceiveCount: 2 } }, dead];
  // In this thread, since 22 starts of threads take their time.
  let opened = await openInProcess(queues, { folder });
  await opened.queues.queue('q').send({ body: 'deadly', attributes: {} });
  let ends = 0;
  while ((await opened.queues.queue('q').receive({ maxMessages: 1, waitSeconds: 0, untilExit: true })).length > 0) {
    await opened.close();
    opened = await openInProcess(queues, { folder });
    ends++;
  }
  expect(ends).toBe(22);
  expect((await opened.queues.queue('q-dlq').depth()).visible).toBe(1);
  await opened.close();
});

test('what went to the dead-letter queue is in nobody’s hand any more, and begins anew when a task moves it back', async () => {
  const dead = { ...settings, name: 'q-dlq' };
  const queues = [{ ...settings, redrive: { deadLetterQueue: 'q-dlq', maxReceiveCount: 1 } }, dead];
  let opened = await openInProcess(queues, { folder });
  const receive = async () =>
    await opened.queues.queue('q').receive({ maxMessages: 1, waitSeconds: 0, untilExit: true });
  await opened.queues.queue('q').send({ body: 'outlives its visibility timeout', attributes: {} });
  expect(await receive()).toMatchObject([{ receiveCount: 1 }]);
  opened.pass(3_600_000);
  expect(await receive()).toEqual([]);
  expect(await opened.queues.queue('q-dlq').startMoveTask()).toMatchObject({ ok: true });
  await expect.poll(async () => await opened.queues.queue('q').depth()).toMatchObject({ visible: 1 });
  const now = opened.now();
  await opened.close();

  opened = await openInProcess(queues, { folder, now });
  expect(await receive()).toMatchObject([{ receiveCount: 1 }]);
  await opened.close();
});
