import { afterAll, expect, test } from 'vitest';
import { TestProject } from '../e2e/platform-process.ts';
import { StandInPlatform } from './stand-in-platform.ts';

/** As a journal answers whose time was up: the first page has one of four, the second none, the third the others. */
const pages: Record<string, { ids: string[]; next?: string }> = {
  first: { ids: ['d'], next: '1' },
  '1': { ids: [], next: '2' },
  '2': { ids: ['c', 'b'], next: '3' },
  '3': { ids: ['a'] },
};
const platform = new StandInPlatform(({ url }, response) => {
  if (!url.startsWith('/api/deliveries?')) return response.end('{"messageId":"new"}');
  const { searchParams } = new URL(url, 'http://127.0.0.1');
  const { ids = [], next } = pages[searchParams.get('cursor') ?? 'first'] ?? {};
  searchParams.set('cursor', next ?? '');
  if (next !== undefined) response.setHeader('link', `</api/deliveries?${searchParams.toString()}>; rel="next"`);
  return response.end(JSON.stringify(ids.map((requestId) => ({ requestId }))));
});
const project = new TestProject('  github: { provider: github }\n');
await platform.start();
afterAll(() => {
  platform.stop();
  project.remove();
});

test.each([
  ['100', ['a', 'b', 'c', 'd']],
  ['2', ['c', 'd']],
])('a replay of %s at most finds what a search tells page by page', async (limit, ids) => {
  platform.asked.length = 0;
  const search = ['--source', 'github', '--outcome', 'failed', '--limit', limit, '--yes', '--json'];
  const { code, stdout, stderr } = await project.cli(['replay', ...search, '--data', platform.data]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual(ids.map((id) => ({ id, ok: true, messageId: 'new' })));
  for (const { url } of platform.asked.filter(({ body }) => body === undefined))
    expect(url).toMatch(/source=github&outcome=failed/);
});

test('an id that is given twice is replayed once', async () => {
  const { code, stdout } = await project.cli(['replay', 'a', 'b', 'a', '--json', '--data', platform.data]);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual(['a', 'b']);
});
