import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findIfRunning, findRunning } from '../../src/cli/running.ts';
import { openDataFolder } from '../../src/local/data-folder.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hookport-starting-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a platform that starts and does not listen yet is not told to be started', () => {
  const held = openDataFolder(folder);
  const error = {
    code: 'not_running',
    message: expect.stringContaining(`process ${process.pid} holds ${folder}`) as unknown,
  };
  expect(() => findRunning(folder)).toThrow(expect.objectContaining(error) as Error);
  expect(() => findRunning(folder)).not.toThrow(/npm start/);
  expect(findIfRunning(folder)).toBeUndefined();
  held.setPorts({ gateway: 1, inspector: 2 });
  expect(findRunning(folder)).toEqual({ gateway: 'http://127.0.0.1:1', api: 'http://127.0.0.1:2' });
  held.close();
  expect(() => findRunning(folder)).toThrow(`nothing runs on ${folder}; start it with`);
});
