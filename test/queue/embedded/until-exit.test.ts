import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hookport-until-exit-'));
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
  expect(received[0]?.receiveCount).toBe(2);
  await after.close();
});
