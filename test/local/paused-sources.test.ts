import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPausedSources } from '../../src/local/paused-sources.ts';
import { recordSyncs } from '../fakes/recorded-syncs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-paused-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what is paused outlives the process, with the time of the first pause', () => {
  const sources = openPausedSources(folder);
  sources.pause('a', 1000);
  sources.pause('a', 2000);
  sources.pause('b', 3000);
  sources.resume('b');
  const later = openPausedSources(folder);
  expect([later.since('a'), later.since('b')]).toEqual([1000, undefined]);
  expect(statSync(join(folder, 'paused.json')).mode & 0o777).toBe(0o600);
});

test('what could not be written did not happen, and is written when it is asked for again', () => {
  const inTheWay = join(folder, 'paused.json.new');
  const sources = openPausedSources(folder);
  mkdirSync(inTheWay);
  expect(() => sources.pause('a', 1000)).toThrow('cannot use');
  expect(sources.since('a')).toBeUndefined();
  rmSync(inTheWay, { recursive: true });
  sources.pause('a', 2000);
  expect(openPausedSources(folder).since('a')).toBe(2000);

  mkdirSync(inTheWay);
  expect(() => sources.resume('a')).toThrow('cannot use');
  expect(sources.since('a')).toBe(2000);
  rmSync(inTheWay, { recursive: true });
  sources.resume('a');
  expect(openPausedSources(folder).since('a')).toBeUndefined();
});

test.runIf(process.platform === 'linux')(
  'what is paused is on disk before it takes the place of what was, and its name before the pause counts',
  () => {
    const sources = openPausedSources(folder);
    const calls = recordSyncs(folder, () => sources.pause('a', 1000));
    expect(calls).toEqual(['sync /paused.json.new', 'rename', 'sync ']);
  },
);

test.each(['', '[]', 'null', '{"a": "soon"}', '{"a": null}'])('a file that holds %j is refused and kept', (text) => {
  writeFileSync(join(folder, 'paused.json'), text);
  expect(() => openPausedSources(folder)).toThrow('which says what is paused');
  expect(readFileSync(join(folder, 'paused.json'), 'utf8')).toBe(text);
});
