import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EmbeddedQueue, ListedMessage } from '../../../src/queue/embedded/embedded-queue.ts';
import type { ReceivedMessage } from '../../../src/queue/queue.ts';
import { openDatabase } from '../../../src/queue/embedded/database.ts';
import { segmentOf, startOfSegment } from '../../../src/queue/embedded/intake/segments.ts';
import { queuePlan } from '../../contract/queue.ts';
import { openInProcess, removeFolder, startOfTime, temporaryFolder } from './in-process.ts';
import { createModel, type ModelReceipt } from './model.ts';

const plan = [
  queuePlan('a', { redrive: { deadLetterQueue: 'dlq', maxReceiveCount: 2 } }),
  queuePlan('b', { redrive: { deadLetterQueue: 'dlq', maxReceiveCount: 1 } }),
  queuePlan('dlq'),
];

const name = fc.constantFrom('a', 'a', 'a', 'b', 'dlq');
const attribute = fc.constantFrom(
  { dataType: 'String', stringValue: 'é"\\😀' },
  { dataType: 'Binary.gif', binaryValue: 'AP8=' },
);
const attributeName = fc.constantFrom('x', 'y.z', '__proto__');
const attributes = fc.dictionary(attributeName, attribute, { maxKeys: 2, noNullPrototype: true });
const changes = fc.dictionary(attributeName, fc.option(attribute), { maxKeys: 2, noNullPrototype: true });
/** Which of the receipts so far, the newest first. */
const receipt = fc.nat(6);
const ms = fc.constantFrom(0, 1, 1000, 30_000, 30_001, 600_000, 3_600_000);

/** What is done to the queues; each is done to the model too, and then both must hold the same. */
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const operation = fc.oneof(
  weighted(
    3,
    fc.record({ do: fc.constant('send'), queue: name, attributes, delay: fc.constantFrom(0, 0, 5, 900), n: fc.nat(2) }),
  ),
  weighted(
    8,
    fc.record({
      do: fc.constant('receive'),
      queue: name,
      max: fc.constantFrom(1, 2, 10),
      seconds: fc.constantFrom(0, 0, 30, 43_200),
      untilExit: fc.boolean(),
    }),
  ),
  weighted(2, fc.record({ do: fc.constant('delete'), receipt })),
  weighted(4, fc.record({ do: fc.constant('changeVisibility'), receipt, seconds: fc.constantFrom(0, 1, 1, 43_200) })),
  weighted(2, fc.record({ do: fc.constant('moveTo'), receipt, to: name, changes })),
  weighted(2, fc.record({ do: fc.constant('moveTask'), to: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }) })),
  weighted(1, fc.record({ do: fc.constant('purge'), queue: name })),
  weighted(4, fc.record({ do: fc.constant('pass'), ms })),
  weighted(
    2,
    fc.record({
      do: fc.constant('restart'),
      ms: fc.oneof(
        ms,
        ms.map((after) => -after),
      ),
      crash: fc.boolean(),
      nearEnd: fc.boolean(),
    }),
  ),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

// oxlint-disable-next-line vitest/expect-expect -- `compare` looks after each operation
test('the embedded queue holds what a plain list with SQS’s rules holds, after any operations, restarts and crashes', async () => {
  const sequences = fc.array(operation, { minLength: 30, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sequences, async (operations) => {
      const run = await begin();
      try {
        for (const each of operations) {
          await run.perform(each);
          await run.compare();
        }
      } finally {
        await run.end();
      }
    }),
    // Where the time is over, what was found by then is told, with its seed.
    { numRuns: 20, interruptAfterTimeLimit: 25_000 },
  );
});

async function begin() {
  const folders = [temporaryFolder()];
  let opened = await openInProcess(plan, { folder: folders[0]! });
  const model = createModel(plan, startOfTime);
  const receipts: { real: ReceivedMessage; model: ModelReceipt }[] = [];
  let bodies = 0;
  const queueOf = (queue: string) => opened.queues.queue(queue);
  const pick = (index: number) => receipts.at(-1 - index);

  const does: { [K in Operation['do']]: (operation: Extract<Operation, { do: K }>) => Promise<void> } = {
    async send({ queue, attributes, delay, n }) {
      const sent = Array.from({ length: n + 1 }, () => ({ body: `body ${bodies++} é😀`, attributes }));
      const results = await Promise.all(sent.map((one) => queueOf(queue).send({ ...one, delaySeconds: delay })));
      for (const [index, result] of results.entries()) {
        if (!result.ok) throw new Error(result.message);
        model.send(queue, { ...sent[index]!, messageId: result.messageId }, delay * 1000);
      }
    },
    async receive({ queue, max, seconds, untilExit }) {
      const options = { maxMessages: max, waitSeconds: 0, visibilityTimeoutSeconds: seconds, untilExit };
      const real = await queueOf(queue).receive(options);
      const expected = model.receive(queue, max, seconds * 1000, untilExit);
      expect(real.map(({ receiptHandle: _, ...message }) => message)).toEqual(
        expected.map((message) => ({
          messageId: message.messageId,
          body: message.body,
          attributes: message.attributes,
          sentAt: message.sentAt,
          firstReceivedAt: message.firstReceivedAt,
          receiveCount: message.receiveCount,
          ...(message.deadLetterSource !== undefined && { deadLetterSource: message.deadLetterSource }),
        })),
      );
      for (const [index, message] of expected.entries()) {
        const { messageId, receiveCount } = message;
        receipts.push({ real: real[index]!, model: { queue, message, messageId, receiveCount } });
      }
    },
    async delete({ receipt }) {
      const picked = pick(receipt);
      if (!picked) return;
      await queueOf(picked.model.queue).delete(picked.real.receiptHandle);
      model.delete(picked.model);
    },
    async changeVisibility({ receipt, seconds }) {
      const picked = pick(receipt);
      if (!picked) return;
      const changed = await queueOf(picked.model.queue).changeVisibility(picked.real.receiptHandle, seconds);
      expect(changed).toBe(model.changeVisibility(picked.model, seconds * 1000));
    },
    async moveTo({ receipt, to, changes }) {
      const picked = pick(receipt);
      if (!picked) return;
      await queueOf(picked.model.queue).moveTo(queueOf(to), picked.real, changes);
      model.moveTo(picked.model, to, changes);
    },
    async moveTask({ to }) {
      const started = await queueOf('dlq').startMoveTask(to === undefined ? {} : { destination: to });
      expect(started).toMatchObject({ ok: true });
      const task = async () => (await queueOf('dlq').moveTasks())[0];
      await expect.poll(async () => (await task())?.status, { interval: 1 }).not.toBe('RUNNING');
      expect(await task()).toMatchObject(model.moveTask('dlq', to));
    },
    async purge({ queue }) {
      expect(await queueOf(queue).purge()).toBe(model.purge(queue));
    },
    async pass({ ms }) {
      opened.pass(ms);
      model.pass(ms);
    },
    async restart({ ms, crash, nearEnd }) {
      const now = opened.now() + ms;
      let folder = opened.folder;
      if (crash) {
        // What is in the files at this moment is what a process that is killed leaves.
        folder = temporaryFolder();
        for (const file of ['queues.db', 'queues.db-wal', 'intake'])
          cpSync(join(opened.folder, file), join(folder, file), { recursive: true });
        folders.push(folder);
      }
      await opened.close();
      // A crash may leave something in the log that has to be taken over from where it stands.
      if (nearEnd && !crash) goToEndOfSegment(folder);
      opened = await openInProcess(plan, { folder, now });
      model.restart(now);
    },
  };

  return {
    // Each handler takes the operations of its name, which TypeScript cannot follow through a lookup.
    perform: (operation: Operation) => (does[operation.do] as (operation: Operation) => Promise<void>)(operation),
    async compare() {
      for (const queue of ['a', 'b', 'dlq']) {
        const real = await listAll(queueOf(queue));
        const expected = model.listed(queue);
        for (const [index, message] of expected.entries())
          if (message.messageId === '') message.messageId = real[index]?.messageId ?? '';
        expect(real).toEqual(
          expected.map(({ messageId, body, attributes, sentAt, enteredAt, visibleAt, receiveCount }) => {
            return { messageId, body, attributes, sentAt, enteredAt, visibleAt, receiveCount };
          }),
        );
        expect(await queueOf(queue).depth()).toEqual(model.depth(queue));
      }
    },
    async end() {
      await opened.close();
      for (const folder of folders) removeFolder(folder);
    },
  };
}

/** So that the next messages come to the next segment, which takes 16 MiB otherwise. */
function goToEndOfSegment(folder: string): void {
  const database = openDatabase(join(folder, 'queues.db'));
  const intake = Number(database.prepare('SELECT max(intake) AS intake FROM queue').get()?.['intake']);
  const end = startOfSegment(segmentOf(intake) + 1);
  database.prepare('UPDATE queue SET intake = ?').run(Math.max(intake, end - 500));
  database.close();
}

async function listAll(queue: EmbeddedQueue): Promise<ListedMessage[]> {
  const found: ListedMessage[] = [];
  let after: string | undefined;
  do {
    const page = await queue.list({ limit: 7, ...(after !== undefined && { after }) });
    found.push(...page.messages);
    after = page.next;
  } while (after !== undefined);
  return found;
}
