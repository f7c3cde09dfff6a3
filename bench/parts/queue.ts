import { join } from 'node:path';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Queue } from '../../src/queue/queue.ts';
import { sqsClient } from '../../test/queue/fauxqs.ts';
import type { Goal, Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { startModule } from '../lib/server.ts';
import { openFauxqs } from '../queues/fauxqs.ts';
import { openHookport } from '../queues/hookport.ts';
import { message, sdkMessage } from '../queues/message.ts';
import { forSeconds, rate } from '../queues/rate.ts';

const backlogs = [0, 100_000, 1_000_000];
const sendsAt = (backlog: number) => `send, 64 at once, ${backlog.toLocaleString('en-US')} waiting`;
const drainAt = (backlog: number) => `receive(10) + delete, 4 at once, ${backlog.toLocaleString('en-US')} waiting`;
const memoryAt = (backlog: number) => `memory with ${backlog.toLocaleString('en-US')} waiting`;
const sdkSends = (connections: number) => `AWS SDK: send, ${connections} at once`;
const sdkDrain = (connections: number) => `AWS SDK: receive(10) + delete, ${connections} at once`;
const sdkConnections = [1, 16, 64];

export const queue: Part = {
  name: 'queue',
  title: 'Queue',
  about:
    'Messages of 2 KB with an attribute: first in one process without HTTP, at several backlogs; then over HTTP through the AWS SDK, whose ' +
    'own cost is most of it. fauxqs keeps all in memory, and with persistence also on disk; filling that with a million messages ' +
    'takes too long to take part.',
  contenders: {
    hookport: { name: 'Hookport', promise: 'on disk, synced; backlog on disk' },
    memory: { name: 'fauxqs', promise: 'in memory' },
    persisted: { name: 'fauxqs with persistence', promise: 'on disk, synced; backlog in memory too' },
  },
  metrics: {
    perSecond: { label: 'messages per second', unit: '/s', better: 'more' },
    p99: { label: 'p99 of a call', unit: 'ms', better: 'less' },
    mib: { label: 'memory grown', unit: 'MiB', better: 'less' },
  },
  goals: [
    ...(['memory', 'persisted'] as const).map((peer): Goal => ({
      text: `ahead of ${peer === 'memory' ? 'fauxqs' : 'fauxqs with persistence'} everywhere`,
      check({ cases, ratio }) {
        const ratios = cases.flatMap((each) => {
          const found = ratio({ case: each, contender: 'hookport', other: peer, metric: 'perSecond' });
          return found === undefined ? [] : [{ each, found }];
        });
        const [worst] = ratios.toSorted((a, b) => a.found - b.found);
        return worst && { reached: worst.found > 1, figure: `${worst.found.toFixed(2)}× at the least (${worst.each})` };
      },
    })),
    ...[sendsAt, drainAt].map((caseAt): Goal => ({
      text: `${caseAt(1_000_000)}: within 1.5× of an empty queue`,
      check({ median }) {
        const [empty, full] = [0, 1_000_000].map((backlog) =>
          median({ case: caseAt(backlog), contender: 'hookport', metric: 'perSecond' }),
        );
        if (empty === undefined || full === undefined) return undefined;
        return { reached: empty / full <= 1.5, figure: `${(empty / full).toFixed(2)}×` };
      },
    })),
  ],
  measure,
};

type Values = Measurement['values'];

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (let round = 0; round < options.rounds; round += 1)
    for (const contender of ['hookport', 'memory', 'persisted'] as const) {
      const note = (each: string, values: Values) => void measurements.push({ case: each, contender, round, values });
      await inProcess(contender, options, note);
      options.progress(`round ${round + 1}: ${contender} in process`);
      await overSdk(contender, options, note);
      options.progress(`round ${round + 1}: ${contender} over the SDK`);
    }
  return measurements;
}

type Contender = 'hookport' | 'memory' | 'persisted';
type Note = (each: string, values: Values) => void;

const send = (to: Queue) => async () => {
  const sent = await to.send(message);
  if (!sent.ok) throw new Error(sent.message);
  return 1;
};

const drain = (from: Queue) => async () => {
  const received = await from.receive({ maxMessages: 10, waitSeconds: 0 });
  await Promise.all(received.map(({ receiptHandle }) => from.delete(receiptHandle)));
  return received.length;
};

async function inProcess(contender: Contender, { folder, quick }: MeasureOptions, note: Note): Promise<void> {
  const opened = contender === 'hookport' ? await openHookport(folder) : await openFauxqs(contender);
  const seconds = quick ? 0.1 : 2;
  try {
    const before = process.memoryUsage().rss;
    await rate(64, forSeconds(seconds / 2), send(opened.queue));
    for (const backlog of quick ? backlogs.slice(0, 1) : backlogs) {
      if (contender === 'persisted' && backlog > 100_000) continue;
      await rate(64, (count) => count >= backlog, send(opened.queue));
      if (backlog > 0) note(memoryAt(backlog), { mib: (process.memoryUsage().rss - before) / 2 ** 20 });
      note(sendsAt(backlog), { ...(await rate(64, forSeconds(seconds), send(opened.queue))) });
      // Measured on the backlog, not while it ends.
      note(drainAt(backlog), { ...(await rate(4, forSeconds(seconds / 4), drain(opened.queue))) });
      if (backlog === 0) await rate(4, () => false, drain(opened.queue));
    }
  } finally {
    await opened.close();
  }
}

async function overSdk(contender: Contender, { folder, quick }: MeasureOptions, note: Note): Promise<void> {
  const file = contender === 'hookport' ? 'hookport-server.ts' : 'fauxqs-server.ts';
  const server = await startModule(join(import.meta.dirname, '../queues', file), folder, contender);
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = sqsClient(endpoint);
  const QueueUrl = `${endpoint}/000000000000/bench`;
  const seconds = quick ? 0.1 : 1.5;
  try {
    if (!quick) await rate(16, forSeconds(1), sdkSend(client, QueueUrl));
    for (const connections of quick ? [16] : sdkConnections) {
      note(sdkSends(connections), { ...(await rate(connections, forSeconds(seconds), sdkSend(client, QueueUrl))) });
      note(sdkDrain(connections), { ...(await rate(connections, forSeconds(seconds), sdkReceive(client, QueueUrl))) });
    }
  } finally {
    client.destroy();
    await server.stop();
  }
}

const sdkSend = (client: SQSClient, QueueUrl: string) => async () => {
  await client.send(new SendMessageCommand({ QueueUrl, ...sdkMessage }));
  return 1;
};

/** Ends when nothing is left. */
const sdkReceive = (client: SQSClient, QueueUrl: string) => async () => {
  const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
  if (Messages.length === 0) return 0;
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return Messages.length;
};
