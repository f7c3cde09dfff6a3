import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { postGithub } from '../e2e/github-request.ts';
import { TestMachine } from '../local/platform-harness.ts';
import { sources } from './sources.ts';

/**
 * Writes a data folder of this version, for the versions after it to be tested against: run it before a change of a
 * schema. `node test/upgrade/write-data-folder.ts <name>`
 */
const [name] = process.argv.slice(2);
if (!name) throw new Error('usage: node test/upgrade/write-data-folder.ts <name>');

const machine = new TestMachine(sources);
const running = await machine.start();
const secretOf = (source: string) => {
  const text = readFileSync(join(machine.dataFolder, 'dev-secrets', `${source}.json`), 'utf8');
  return (JSON.parse(text) as { secret: string }).secret;
};
const push = { event: 'push', body: '{"zen":"kept"}' };
await postGithub(running.gateway, secretOf('waiting'), { ...push, id: 'waits', path: '/waiting' });
await postGithub(running.gateway, secretOf('github'), { ...push, id: 'completed' });
await postGithub(running.gateway, 'wrong', { ...push, id: 'rejected' });
await running.until('github', (all) => all.length === 2);
await running.stop();

const files: Record<string, string> = {};
for (const file of ['queues.db', 'journal.db', 'deduplication.db']) {
  const path = join(machine.dataFolder, file);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  files[file] = readFileSync(path).toString('base64');
}
for (const folder of ['dev-secrets', 'intake'])
  for (const file of readdirSync(join(machine.dataFolder, folder)))
    files[`${folder}/${file}`] = readFileSync(join(machine.dataFolder, folder, file)).toString('base64');
const packed = gzipSync(JSON.stringify({ writtenAt: Date.now(), files }), { level: 9 });
writeFileSync(new URL(`../fixtures/data-folders/${name}.json.gz`, import.meta.url), packed);
machine.remove();
