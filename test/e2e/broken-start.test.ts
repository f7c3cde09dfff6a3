import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { TestProject } from './platform-process.ts';

const project = new TestProject('  github: { provider: github, handler: test/fixtures/handlers/scripted.ts }\n');
afterAll(() => project.remove());

test('a platform of which a part breaks down while the others start ends, so that it can be started again', async () => {
  const preload = pathToFileURL(path.join(import.meta.dirname, '../fixtures/consumers-break-at-the-start.mjs'));
  const { child, output } = project.spawn({ NODE_OPTIONS: `--import ${preload.href}` });
  try {
    const [code] = (await once(child, 'close', { signal: AbortSignal.timeout(20_000) })) as [number | null];
    expect(code).toBe(1);
    expect(output()).toContain('broken on purpose');
    expect(output()).not.toContain('Ready');
  } finally {
    child.kill('SIGKILL');
  }
}, 30_000);
