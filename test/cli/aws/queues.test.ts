import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatOutcome } from '../../../src/consumer/outcome-attribute.ts';
import { arrived, sourcePlan } from '../../fakes/source.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { startCloudWatch } from './local-cloudwatch.ts';
import { type QueueEndpoint, queueEndpoints } from './queue-endpoints.ts';
import { hookport as run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookport-cli-queues-'));
const config = join(folder, 'webhooks.config.yaml');
writeFileSync(config, 'name: acme\nsources:\n  github: { provider: github }\n');
afterAll(() => rmSync(folder, { recursive: true }));

const { queue, deadLetterQueue } = sourcePlan();
const sentAt = Math.floor(Date.now() / 1000) * 1000 - 600_000;

// Both at once: most of the time goes by waiting for more messages. The tests of one follow each other, with the same queues.
describe.concurrent.each(queueEndpoints)('against %s', (_name, open) => {
  describe('in turn', { concurrent: false }, () => {
    let endpoint: QueueEndpoint;
    let cloudWatch: Awaited<ReturnType<typeof startCloudWatch>>;
    let secrets: Awaited<ReturnType<typeof startSecretsManager>>;

    beforeAll(async () => {
      endpoint = await open([queue, deadLetterQueue]);
      cloudWatch = await startCloudWatch({
        age: [[sentAt + 300_000, 95]],
        sent: [
          [sentAt + 300_000, 0],
          [sentAt, 2],
        ],
      });
      secrets = await startSecretsManager({ 'acme/github': { current: 'right', changedAt: new Date(0) } });
      for (const id of ['waits-1', 'waits-2']) await endpoint.queue(queue.name).send(arrived({ id }));
      for (let index = 0; index < 23; index++) {
        // The last three were signed with a secret that is still not known.
        const secret = index < 20 ? 'right' : 'other';
        const message = arrived({ id: `dead-${index}`, body: `{"text":"\u009b2J${index}"}`, secret });
        const why = formatOutcome(
          { kind: 'rejected', reason: 'signature_mismatch', detail: 'no' },
          { attempts: 1, at: Date.now() },
        );
        const sent = await endpoint
          .queue(deadLetterQueue.name)
          .send({ ...message, attributes: { ...message.attributes, ...why } });
        if (!sent.ok) throw new Error(sent.message);
      }
    });
    afterAll(async () => {
      await endpoint.close();
      await secrets.close();
      cloudWatch.close();
    });

    const hookport = (...args: string[]) =>
      run([...args, '--config', config, '--aws'], {
        ...endpoint.environment,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
        AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint,
      });

    it('status tells what waits and rests, and receives nothing', async () => {
      const { out, errors, code } = await hookport('status', '--json');
      expect({ errors, code }).toEqual({ errors: '', code: 0 });
      expect(JSON.parse(out)).toMatchObject([
        {
          id: 'github',
          consumed: false,
          queue: { waiting: 2, inFlight: 0, deadLettered: 23 },
          lastReceivedAt: new Date(sentAt).toISOString(),
        },
      ]);
    });

    it('status tells when CloudWatch does not answer, and goes on', async () => {
      cloudWatch.state.refuses = true;
      const { out, errors, code } = await hookport('status');
      cloudWatch.state.refuses = false;
      expect(code).toBe(0);
      expect(errors).toContain('hookport: CloudWatch cannot be asked: AccessDeniedException');
      expect(out).toMatch(/^github +yours +2 +0 +23 /m);
    });

    it('status tells of the others beside a source that is not deployed yet', async () => {
      const withMore = join(folder, 'more.yaml');
      writeFileSync(withMore, 'name: acme\nsources:\n  stripe: { provider: stripe }\n  github: { provider: github }\n');
      const environment = { ...endpoint.environment, AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint };
      const { out, errors, code } = await run(['status', '--aws', '--config', withMore], environment);
      expect(code).toBe(0);
      expect(errors).toMatch(/^hookport: the queue acme-stripe\S* cannot be found on AWS: /);
      expect(out).toMatch(/^github +yours +2 +0 +23 /m);
      expect(out).not.toContain('stripe');
      const nothing = join(folder, 'nothing.yaml');
      writeFileSync(nothing, 'name: acme\nsources:\n  stripe: { provider: stripe }\n');
      const none = await run(['status', '--aws', '--config', nothing], environment);
      expect(none).toMatchObject({ code: 1, out: '', errors: expect.stringContaining('cannot be found on AWS') });
    });

    it('status asks Lambda nothing about a source with a worker, which has no mapping to be paused', async () => {
      const withWorker = join(folder, 'worker.yaml');
      writeFileSync(
        withWorker,
        'name: acme\nsources:\n  github: { provider: github, consumer: worker, handler: test/fixtures/handlers/slow.ts }\n',
      );
      const environment = {
        ...endpoint.environment,
        AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint,
        AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1',
      };
      const status = (...args: string[]) => run(['status', '--aws', '--config', withWorker, ...args], environment);
      const { out, errors, code } = await status();
      expect({ errors, code }).toEqual({ errors: '', code: 0 });
      expect(out).toMatch(/^github +worker +2 +0 +23 /m);
      const { out: json } = await status('--json');
      expect(JSON.parse(json)).toMatchObject([{ consumed: true, worker: true, paused: null }]);
    });

    it('dlq list tells why each rests and gives all of them back', async () => {
      const { out, errors, code } = await hookport('dlq', 'list', 'github', '--json');
      expect({ errors, code }).toEqual({ errors: '', code: 0 });
      const letters = JSON.parse(out) as { deliveryId: string }[];
      expect(new Set(letters.map(({ deliveryId }) => deliveryId)).size).toBe(23);
      expect(letters[0]).toMatchObject({ reason: 'signature_mismatch', eventType: 'push', attempts: 1 });
      expect(await endpoint.queue(deadLetterQueue.name).depth()).toMatchObject({ visible: 23, inFlight: 0 });
    });

    it.each([
      ['dlq', 'list', 'github', '--limit', '1000'],
      ['dlq', 'show', 'github', 'dead-99'],
    ])('%s %s gives back what it looked at when Ctrl-C ends it', async (...args) => {
      const depth = () => endpoint.queue(deadLetterQueue.name).depth();
      const { out, errors, code } = await run([...args, '--config', config, '--aws'], endpoint.environment, '', {
        // All are in its hands, and it waits for more.
        interrupted: () =>
          vi.waitFor(async () => expect(await depth()).toMatchObject({ inFlight: 23 }), { timeout: 15_000 }),
      });
      expect({ out, code }).toEqual({ out: '', code: 130 });
      expect(errors).toBe('looking: stopping; the same command goes on. Once more stops at once\n');
      expect(await depth()).toMatchObject({ visible: 23, inFlight: 0 });
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
      expect(await endpoint.queue(deadLetterQueue.name).depth()).toMatchObject({ visible: 23, inFlight: 0 });
    });

    it('dlq show says that there is no such dead letter', async () => {
      const { errors, code } = await hookport('dlq', 'show', 'github', 'dead-99');
      expect(code).toBe(2);
      expect(errors).toContain('no dead letter of github');
    });

    it('redrive sends back what verifies by now, leaves the rest where it is, and never receives from the source queue', async () => {
      const asked = await hookport('redrive', 'github', '--dry-run', '--json');
      expect(JSON.parse(asked.out)).toMatchObject({ moved: 20 });
      expect(await endpoint.queue(deadLetterQueue.name).depth()).toMatchObject({ visible: 23, inFlight: 0 });

      const { out, code } = await hookport('redrive', 'github', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ moved: 20, failed: 0, skipped: { signature_mismatch: 3 } });
      expect(await endpoint.queue(deadLetterQueue.name).depth()).toMatchObject({ visible: 3, inFlight: 0 });
      expect(await endpoint.queue(queue.name).depth()).toMatchObject({ visible: 22, inFlight: 0 });

      // All commands before this left those that wait as they were: this is the first receive of each.
      const counts: number[] = [];
      for (let round = 0; round < 3; round++) {
        const messages = await endpoint
          .queue(queue.name)
          .receive({ maxMessages: 10, waitSeconds: 0, visibilityTimeoutSeconds: 60 });
        counts.push(...messages.map(({ receiveCount }) => receiveCount));
      }
      expect(counts).toEqual(Array.from({ length: 22 }, () => 1));
    });

    it('purge deletes what is named for good, and gives back the rest', async () => {
      const selection = ['--reason', 'signature_mismatch', '--id', 'dead-20', 'dead-22', 'dead-3'];
      const { out, errors, code } = await hookport('dlq', 'purge', 'github', ...selection, '--yes', '--json');
      expect({ errors, code }).toEqual({ errors: '', code: 0 });
      expect(JSON.parse(out)).toMatchObject({ deleted: 2, notSelected: 1, newer: 0, failed: 0 });
      expect(await endpoint.queue(deadLetterQueue.name).depth()).toMatchObject({ visible: 1, inFlight: 0 });
      // Those in hand since the test before, and nothing more.
      expect(await endpoint.queue(queue.name).depth()).toMatchObject({ visible: 0, inFlight: 22 });
    });
  });
});
