import { setTimeout as delay } from 'node:timers/promises';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { testQueueContract } from '../../contract/queue.ts';
import { type InProcessQueues, openInProcess, removeFolder, temporaryFolder } from './in-process.ts';

testQueueContract('the embedded queue, by a clock of our own,', {
  waits: false,
  open: async () => {
    let opened: InProcessQueues | undefined;
    return {
      async createQueues(settings) {
        opened = await openInProcess(settings);
        const { queues } = opened;
        return settings.map(({ name }) => queues.queue(name));
      },
      pass: async (ms) => opened?.pass(ms),
      async close() {
        await opened?.close();
        if (opened) removeFolder(opened.folder);
      },
    };
  },
});

testQueueContract('the embedded queue in its threads', {
  waits: true,
  open: async () => {
    const folder = temporaryFolder();
    let queues: EmbeddedQueues | undefined;
    return {
      async createQueues(settings) {
        const opened = await openEmbeddedQueues({ folder, queues: settings });
        queues = opened;
        return settings.map(({ name }) => opened.queue(name));
      },
      pass: (ms) => delay(ms),
      async close() {
        await queues?.close();
        removeFolder(folder);
      },
    };
  },
  knownFaults: { retention: 'not one of the queue: it takes a minute of real time, and the run above shows it' },
});
