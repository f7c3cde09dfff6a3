import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { github } from '../../providers/github.ts';
import { createCatalogue } from '../../src/catalogue/registry.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type RunningWorker, startWorker } from '../../src/consumer/worker.ts';
import { openSqliteDeduplication } from '../../src/deduplication/sqlite.ts';
import { dispatchInProcess } from '../../src/delivery/dispatch.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { SourcePlan } from '../../src/plan/plan.ts';
import {
  type ContractSource,
  describeConsumer,
  type OpenHost,
  sourceId,
  writeContractConfig,
} from '../contract/consumer.ts';

const root = join(import.meta.dirname, '../..');
const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function planOf(source: ContractSource): Promise<SourcePlan> {
  const catalogue = createCatalogue([github]);
  const config = writeContractConfig();
  const loaded = await loadConfig(config.file, { catalogue, root });
  config.remove();
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const plan = makePlan(loaded.config, catalogue).sources.find(({ id }) => id === sourceId(source));
  if (!plan) throw new Error(`no source ${source}`);
  return plan;
}

/** A worker of this process, from the first delivery on. */
const openWorker: OpenHost = async (name, { queue, deadLetterQueue }) => {
  const source = await planOf(name);
  const folder = mkdtempSync(join(tmpdir(), 'hookport-worker-'));
  const deduplication = openSqliteDeduplication({ file: join(folder, 'deduplication.db') });
  let calls = 0;
  let secret: string | undefined;
  const dispatch = dispatchInProcess({
    load: () => import(join(root, source.consumer?.handler ?? '')),
    provider: github,
    timeoutMs: 30_000,
    log: { ...silent, info: (message) => void (calls += message === 'seen' ? 1 : 0) },
  });
  let settled = 0;
  let expected = 0;
  const start = () =>
    startWorker({
      source,
      provider: github,
      queue,
      deadLetterQueue,
      secrets: {
        read: async () => ({
          secrets: secret === undefined ? [] : [{ version: 'current', value: secret }],
          readAt: Date.now(),
        }),
      },
      deduplication,
      dispatch,
      record: () => void (settled += 1),
      clock: Date.now,
      log: silent,
    });
  // One for all: a poll that a worker gave up would take a message along, on the SQS that stands in here.
  let worker: RunningWorker | undefined;
  return {
    async settle(messages) {
      expected += messages;
      worker ??= start();
      await vi.waitUntil(() => settled >= expected, { timeout: 8000, interval: 5 });
    },
    handlerCalls: () => calls,
    setSecret: (value) => void (secret = value),
    async close() {
      await worker?.stop();
      deduplication.close();
      rmSync(folder, { recursive: true });
    },
  };
};

describeConsumer('a worker', openWorker);
