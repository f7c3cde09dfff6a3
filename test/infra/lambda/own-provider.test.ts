import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { bundleConsumers } from '../../../infra/bundle/bundle-consumers.ts';
import { catalogue } from '../../../providers/index.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import { arrived } from '../../fakes/source.ts';
import { ownProvidersYaml, ownRequest, ownSources } from '../../fixtures/own-providers.ts';
import { startFauxqs } from '../../queue/fauxqs.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { startFunction } from './function-process.ts';

const root = join(import.meta.dirname, '../../..');
const handler = 'test/fixtures/lambda-handlers/by-event.ts';

test('a function carries the definition of a provider that the configuration declares, and verifies by it', async () => {
  const yaml = `name: acme\nsources:\n  one: { provider: acme-key, handler: ${handler} }\n${ownProvidersYaml}`;
  const loaded = parseConfig('w.yaml', yaml, { catalogue, root });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const outDir = mkdtempSync(join(tmpdir(), 'hookport-own-'));
  const plan = makePlan(loaded.config, catalogue);
  const folder = (await bundleConsumers({ plan, catalogue, root, outDir })).get('one') ?? '';
  const entry = readFileSync(join(folder, 'index.mjs'), 'utf8');
  expect(entry).toContain('acme-signature');
  // Neither the other declared providers nor samples, steps or vectors.
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.mjs'));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  expect(text).not.toMatch(/acme-token|In its settings|order\.created/);

  const sqs = await startFauxqs();
  const changedAt = new Date(Date.now() - 60_000);
  const secrets = await startSecretsManager({ s: { current: ownSources['acme-key']?.secret ?? '', changedAt } });
  const deadLetters = await sqs.createQueue('one-dlq');
  const lambda = await startFunction(folder, {
    HOOKPORT_STACK: 'acme',
    HOOKPORT_QUEUE_URL: await sqs.createQueue('one'),
    HOOKPORT_DEAD_LETTER_QUEUE_URL: deadLetters,
    HOOKPORT_SECRET_ID: 's',
    AWS_ENDPOINT_URL_SQS: new URL(deadLetters).origin,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
  });
  try {
    const { headers, body } = ownRequest('acme-key', 'evt_1');
    const forged = body.replace('evt_1', 'evt_2');
    const records = [record('genuine', headers, body), record('forged', headers, forged)];
    expect(await lambda.invoke({ Records: records })).toEqual({ batchItemFailures: [] });
    const outcomes = lambda
      .output()
      .split('\n')
      .filter((line) => /"outcome":|"outcome"/.test(line));
    expect(outcomes.join('\n')).toMatch(/handled/);
    expect(outcomes.join('\n')).toMatch(/signature_mismatch/);
  } finally {
    await lambda.stop();
    await sqs.close();
    await secrets.close();
    rmSync(outDir, { recursive: true });
  }
});

function record(id: string, headers: Record<string, string>, text: string): SQSRecord {
  const { body, attributes } = arrived({ id, headers, body: text });
  const now = String(Date.now());
  return {
    messageId: id,
    receiptHandle: id,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: now,
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: now,
    },
    messageAttributes: attributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:one',
    awsRegion: 'us-east-1',
  };
}
