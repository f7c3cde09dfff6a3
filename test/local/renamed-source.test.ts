import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type Platform, startPlatform } from '../../src/local/platform.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { createLogFake } from '../fakes/log.ts';

const root = path.resolve(import.meta.dirname, '../..');
const dataFolder = mkdtempSync(path.join(tmpdir(), 'hookport-renamed-'));
let running: Platform | undefined;
afterEach(async () => {
  await running?.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

/** @returns what the start had to say */
async function start(yaml: string): Promise<unknown[]> {
  await running?.stop();
  const loaded = parseConfig('w.yaml', yaml, { catalogue, root });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const log = createLogFake();
  running = await startPlatform({
    plan: makePlan(loaded.config, catalogue),
    root,
    dataFolder,
    ports: { gateway: 0, inspector: 0, sqs: 0 },
    catalogueUrl: new URL('../../providers/index.ts', import.meta.url).href,
    log,
    onFailure: (error) => {
      throw error;
    },
  });
  return log.lines;
}

test('a start tells of deliveries that wait for a source that was renamed, or under another name of the project', async () => {
  const before = 'name: acme\nsources:\n  hub: { provider: github }\n';
  expect(await start(before)).toEqual([]);
  const posted = await fetch(`http://127.0.0.1:${running?.ports.gateway}/hub`, { method: 'POST', body: '{}' });
  expect(posted.status).toBe(200);
  const told = {
    level: 'warn',
    message: 'messages are in a queue that the configuration does not name',
    fields: { queue: 'acme-hub', messages: 1 },
  };
  expect(await start(before.replace('hub:', 'github:'))).toEqual([told]);
  expect(await start(before.replace('acme', 'acme-webhooks'))).toEqual([told]);
  expect(await start(before)).toEqual([]);
});
