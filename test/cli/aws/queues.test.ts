import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatOutcome } from '../../../src/consumer/outcome-attribute.ts';
import { startSqsEndpoint } from '../../../src/local/sqs-endpoint/start.ts';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { createLogFake } from '../../fakes/log.ts';
import { arrived, sourcePlan } from '../../fakes/source.ts';
import { hookport as run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookport-cli-queues-'));
const config = join(folder, 'webhooks.config.yaml');
writeFileSync(config, 'name: acme\nsources:\n  github: { provider: github }\n');

let queues: EmbeddedQueues;
let endpoint: Awaited<ReturnType<typeof startSqsEndpoint>>;

beforeAll(async () => {
  const { queue, deadLetterQueue } = sourcePlan();
  queues = await openEmbeddedQueues({ folder, queues: [queue, deadLetterQueue] });
  endpoint = await startSqsEndpoint({ port: 0, queues, log: createLogFake() });
  for (const id of ['waits-1', 'waits-2']) await queues.queue(queue.name).send(arrived({ id }));
  for (let index = 0; index < 23; index++) {
    const message = arrived({ id: `dead-${index}`, body: `{"text":"\u009b2J${index}"}` });
    const why = formatOutcome(
      { kind: 'rejected', reason: 'signature_mismatch', detail: 'no' },
      { attempts: 1, at: Date.now() },
    );
    const sent = await queues
      .queue(deadLetterQueue.name)
      .send({ ...message, attributes: { ...message.attributes, ...why } });
    if (!sent.ok) throw new Error(sent.message);
  }
});
afterAll(async () => {
  await endpoint.close();
  await queues.close();
  rmSync(folder, { recursive: true });
});

const hookport = (...args: string[]) =>
  run([...args, '--config', config, '--aws'], { AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${endpoint.port}` });

describe('against SQS', () => {
  it('status tells what waits and rests, and receives nothing', async () => {
    const { out, errors, code } = await hookport('status', '--json');
    expect({ errors, code }).toEqual({ errors: '', code: 0 });
    expect(JSON.parse(out)).toEqual([
      { id: 'github', provider: 'github', queue: { waiting: 2, inFlight: 0, deadLettered: 23 } },
    ]);
    const { messages } = await queues.queue('acme-github').list({ limit: 10 });
    expect(messages.map(({ receiveCount }) => receiveCount)).toEqual([0, 0]);
  });

  it('dlq list tells why each rests and gives all of them back; the source queue is never received from', async () => {
    const { out, errors, code } = await hookport('dlq', 'list', 'github', '--json');
    expect({ errors, code }).toEqual({ errors: '', code: 0 });
    const letters = JSON.parse(out) as { deliveryId: string }[];
    expect(new Set(letters.map(({ deliveryId }) => deliveryId)).size).toBe(23);
    expect(letters[0]).toMatchObject({ reason: 'signature_mismatch', eventType: 'push', attempts: 1 });
    expect(await queues.queue('acme-github-dlq').depth()).toMatchObject({ visible: 23, inFlight: 0 });
    const { messages } = await queues.queue('acme-github').list({ limit: 10 });
    expect(messages.map(({ receiveCount }) => receiveCount)).toEqual([0, 0]);
  });

  it('dlq list is a table for people, as long as asked for', async () => {
    const { out } = await hookport('dlq', 'list', 'github', '--limit', '3');
    expect(out.match(/^signature_mismatch {2}push {8}1 /gm)).toHaveLength(3);
    expect(out).toContain('there may be more');
  });

  it('dlq show prints one, with nothing that a terminal would take as a command', async () => {
    const { out, code } = await hookport('dlq', 'show', 'github', 'dead-17');
    expect(code).toBe(0);
    expect(out).toContain('x-github-delivery    dead-17');
    expect(out).toContain('{"text":"\\u009b2J17"}');
    expect(out).not.toContain('\u009b');
    expect(await queues.queue('acme-github-dlq').depth()).toMatchObject({ visible: 23, inFlight: 0 });
  });

  it('dlq show says that there is no such dead letter', async () => {
    const { errors, code } = await hookport('dlq', 'show', 'github', 'dead-99');
    expect(code).toBe(2);
    expect(errors).toContain('no dead letter of github');
  });
});
