import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type Platform, startPlatform } from '../../src/local/platform.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { createLogFake } from '../fakes/log.ts';

const root = path.resolve(import.meta.dirname, '../..');
let dataFolder: string;
let running: Platform | undefined;
beforeEach(() => {
  dataFolder = mkdtempSync(path.join(tmpdir(), 'hookport-damaged-'));
});
afterEach(async () => {
  await running?.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

/** @returns what the start had to say */
async function start(log = createLogFake()): Promise<unknown[]> {
  const loaded = parseConfig('w.yaml', 'name: acme\nsources:\n  hub: { provider: github }\n', { catalogue, root });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
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

/** As a loss of power leaves the database that undoes what it took over. */
function forgetTakeOver(): void {
  const database = new DatabaseSync(path.join(dataFolder, 'queues.db'));
  const from = Number(database.prepare('SELECT min(position) AS position FROM message').get()?.['position']);
  database.exec(`DELETE FROM message; UPDATE queue SET messages = 0, intake = ${from}`);
  database.close();
}

/** Damages what a delivery left. @returns what is said of it */
async function damageDelivery(): Promise<{ level: string; message: string; fields: object }> {
  for (const body of ['{"damaged":1}', '{"whole":1}']) {
    const posted = await fetch(`http://127.0.0.1:${running?.ports.gateway}/hub`, { method: 'POST', body });
    expect(posted.status).toBe(200);
  }
  await running?.stop();
  forgetTakeOver();
  const [name = ''] = readdirSync(path.join(dataFolder, 'intake'));
  const file = path.join(dataFolder, 'intake', name);
  const bytes = readFileSync(file);
  bytes[bytes.indexOf('damaged')]! ^= 1;
  writeFileSync(file, bytes);
  const length = bytes.indexOf('{"whole":1}') - bytes.indexOf('{"eamaged":1}');
  return {
    level: 'error',
    message: 'the disk has damaged the intake log; messages that were acknowledged are lost',
    fields: { file: name, offset: 0, bytes: length, messages: 1 },
  };
}

test('a start tells at level error of damage to deliveries that were acknowledged, and goes on behind it', async () => {
  expect(await start()).toEqual([]);
  const said = await damageDelivery();
  expect(await start()).toEqual([said]);
  const metrics = await fetch(`http://127.0.0.1:${running?.ports.inspector}/metrics`);
  const text = await metrics.text();
  expect(text).toContain('hookport_queue_messages{source="hub",state="waiting"} 2');
  // Of the oldest that can be read.
  expect(text).toMatch(/^hookport_queue_oldest_message_age_seconds\{source="hub"\} (?!0$)/m);
});

test('a start that another part ends has told of it as well: the next finds it no more', async () => {
  await start();
  const said = await damageDelivery();
  const journal = path.join(dataFolder, 'journal.db');
  rmSync(journal);
  mkdirSync(journal);
  const log = createLogFake();
  await expect(start(log)).rejects.toMatchObject({ code: 'data_folder_unusable' });
  expect(log.lines).toContainEqual(said);
  rmSync(journal, { recursive: true });
  expect(await start()).toEqual([]);
});
