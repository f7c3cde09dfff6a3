import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { postGithub } from '../e2e/github-request.ts';
import { type RunningMachine, TestMachine } from '../local/platform-harness.ts';
import { sources } from './sources.ts';

const fixtures = join(import.meta.dirname, '../fixtures/data-folders');

let machine: TestMachine;
let running: RunningMachine | undefined;
beforeEach(() => {
  machine = new TestMachine(sources);
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  machine.remove();
});

/** Puts a data folder of another version in place. @returns what the clock must add to be at its time */
function unpack(fixture: string): number {
  const { writtenAt, files } = JSON.parse(gunzipSync(readFileSync(join(fixtures, fixture))).toString()) as {
    writtenAt: number;
    files: Record<string, string>;
  };
  for (const [name, content] of Object.entries(files)) {
    const path = join(machine.dataFolder, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, Buffer.from(content, 'base64'), { mode: 0o600 });
  }
  return writtenAt + 60_000 - Date.now();
}

const secretOf = (source: string) => {
  const text = readFileSync(join(machine.dataFolder, 'dev-secrets', `${source}.json`), 'utf8');
  return (JSON.parse(text) as { secret: string }).secret;
};

describe.each(readdirSync(fixtures))('the data folder %s, written by this version or an older one,', (fixture) => {
  test('opens with what waits, what rests and what was handled', async () => {
    running = await machine.start(unpack(fixture));
    const states = (await (await fetch(`${running.api}/sources`)).json()) as { id: string; queue: object }[];
    expect(states.map(({ id, queue }) => [id, queue])).toEqual([
      ['waiting', { waiting: 1, inFlight: 0, deadLettered: 0 }],
      ['github', { waiting: 0, inFlight: 0, deadLettered: 1 }],
    ]);
    // The journal still has what happened before.
    const before = await running.deliveries('github');
    expect(before.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['handled', 'rejected']));
    // Its secrets are the same, and so is what it remembers: the delivery that was handled comes again.
    const again = { event: 'push', id: 'completed', body: '{"zen":"kept"}' };
    expect(await postGithub(running.gateway, secretOf('github'), again)).toBe(200);
    await running.until('github', (all) => all.some(({ outcome }) => outcome === 'duplicate'));
  });
});

describe('a file of a newer version', () => {
  test.each(['queues.db', 'deduplication.db'])('stops the start, which says what to do: %s', async (name) => {
    const [fixture = ''] = readdirSync(fixtures);
    const offset = unpack(fixture);
    const file = join(machine.dataFolder, name);
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    // As is the journal, which has to be there when the newer version is started again.
    const journal = new DatabaseSync(join(machine.dataFolder, 'journal.db'));
    journal.exec('PRAGMA user_version = 99');
    journal.close();
    const files = () => readdirSync(machine.dataFolder).filter((each) => each.startsWith('journal'));
    const [before, journals] = [readFileSync(file), files()];
    await expect(machine.start(offset)).rejects.toThrow(
      expect.objectContaining({
        code: 'data_folder_unusable',
        message: expect.stringMatching(/schema 99; .*start that version again, or name another folder/),
      }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(files()).toEqual(journals);
  });
});
