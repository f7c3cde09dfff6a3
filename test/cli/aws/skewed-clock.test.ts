import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { formatOutcome } from '../../../src/consumer/outcome-attribute.ts';
import { arrived, sourcePlan } from '../../fakes/source.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { type QueueEndpoint, queueEndpoints } from './queue-endpoints.ts';
import { hookportAlone } from './run.ts';

/** The operator's machine has another time than AWS. */
const folder = mkdtempSync(join(tmpdir(), 'hookport-cli-clock-'));
const config = join(folder, 'webhooks.config.yaml');
writeFileSync(config, 'name: acme\nsources:\n  github: { provider: github }\n');
afterAll(() => rmSync(folder, { recursive: true }));

const { queue, deadLetterQueue } = sourcePlan();
const minute = 60_000;
const offBy = (ms: number) => {
  const module = `const now = Date.now; Date.now = () => now() + ${ms};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(module)}` };
};

describe.each(queueEndpoints)('against %s', (_name, open) => {
  let endpoint: QueueEndpoint;
  let secrets: Awaited<ReturnType<typeof startSecretsManager>>;
  beforeEach(async () => {
    endpoint = await open([queue, deadLetterQueue]);
    secrets = await startSecretsManager({ 'acme/github': { current: 'right', changedAt: new Date(0) } });
  });
  afterEach(async () => {
    await endpoint.close();
    await secrets.close();
  });

  const rest = async (at: number) => {
    const message = arrived({ id: `dead-${at}`, secret: 'right' });
    const outcome = { kind: 'rejected', reason: 'signature_mismatch', detail: 'no' } as const;
    const attributes = { ...message.attributes, ...formatOutcome(outcome, { attempts: 1, at }) };
    const sent = await endpoint.queue(deadLetterQueue.name).send({ ...message, attributes });
    if (!sent.ok) throw new Error(sent.message);
  };
  const run = (args: string[], clock: number) =>
    hookportAlone([...args, '--config', config, '--aws', '--json'], {
      ...endpoint.environment,
      ...offBy(clock),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    });

  it.each([-4 * minute, 4 * minute])(
    'a redrive and a purge go by SQS’s clock where theirs is off by %i ms',
    async (off) => {
      await rest(Date.now() - 1000);
      // What comes in while they run.
      await rest(Date.now() + minute);
      const redriven = await run(['redrive', 'github', '--dry-run'], off);
      expect(JSON.parse(redriven.out)).toMatchObject({ moved: 1, newer: 1 });
      const purged = await run(['dlq', 'purge', 'github', '--reason', 'signature_mismatch', '--yes'], off);
      expect(JSON.parse(purged.out)).toMatchObject({ deleted: 1, newer: 1 });
    },
  );
});
