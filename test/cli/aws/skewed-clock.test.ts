import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatOutcome } from '../../../src/consumer/outcome-attribute.ts';
import { arrived, sourcePlan } from '../../fakes/source.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { type QueueEndpoint, queueEndpoints } from './queue-endpoints.ts';
import { hookport } from './run.ts';

/** The operator's machine has another time than AWS. */
const folder = mkdtempSync(join(tmpdir(), 'hookport-cli-clock-'));
const config = join(folder, 'webhooks.config.yaml');
writeFileSync(config, 'name: acme\nsources:\n  github: { provider: github }\n');
afterAll(() => rmSync(folder, { recursive: true }));

const { queue, deadLetterQueue } = sourcePlan();
const minute = 60_000;
/** A module that sets the clock of a command; each time another, since a module is loaded once. */
let clocks = 0;
const offBy = (ms: number) => {
  const module = `
    const { now } = Date;
    Date.now = () => now() + ${ms};
    process.once('exit', () => (Date.now = now));
    // ${(clocks += 1)}`;
  return `data:text/javascript,${encodeURIComponent(module)}`;
};

const rest = async (endpoint: QueueEndpoint, at: number) => {
  const message = arrived({ id: `dead-${at}`, secret: 'right' });
  const outcome = { kind: 'rejected', reason: 'signature_mismatch', detail: 'no' } as const;
  const attributes = { ...message.attributes, ...formatOutcome(outcome, { attempts: 1, at }) };
  const sent = await endpoint.queue(deadLetterQueue.name).send({ ...message, attributes });
  if (!sent.ok) throw new Error(sent.message);
};

// All at once: most of the time goes by waiting for more messages.
describe.concurrent.each(queueEndpoints)('against %s', (_name, open) => {
  it.each([-4 * minute, 4 * minute])(
    'a redrive and a purge go by SQS’s clock where theirs is off by %i ms',
    async (off) => {
      const endpoint = await open([queue, deadLetterQueue]);
      const secrets = await startSecretsManager({ 'acme/github': { current: 'right', changedAt: new Date(0) } });
      const run = (...args: string[]) =>
        hookport(
          [...args, '--config', config, '--aws', '--json'],
          { ...endpoint.environment, AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint },
          '',
          { preload: offBy(off) },
        );
      try {
        await rest(endpoint, Date.now() - 1000);
        // What comes in while they run.
        await rest(endpoint, Date.now() + minute);
        const redriven = await run('redrive', 'github', '--dry-run');
        expect(JSON.parse(redriven.out)).toMatchObject({ moved: 1, newer: 1 });
        const purged = await run('dlq', 'purge', 'github', '--reason', 'signature_mismatch', '--yes');
        expect(JSON.parse(purged.out)).toMatchObject({ deleted: 1, newer: 1 });
      } finally {
        await endpoint.close();
        await secrets.close();
      }
    },
  );
});
