import { afterEach, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';

let running: Harness | undefined;
afterEach(async () => {
  await running?.api.close();
  running = undefined;
});

async function fetchPage(path: string, headers: Record<string, string> = {}) {
  running ??= await startHarness();
  return fetch(`http://127.0.0.1:${running.api.port}${path}`, { headers });
}

describe('the inspector page', () => {
  it.each(['/', '/deliveries', '/deliveries/JKJaXmPLvHcESHA%3D', '/dead-letters', '/send'])(
    'is served at %s, and may run and load nothing but its own files',
    async (path) => {
      const response = await fetchPage(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("style-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      expect(response.headers.get('strict-transport-security')).toBeNull();
      const html = await response.text();
      expect(html).not.toMatch(/<script(?![^>]*src="\/assets\/)|<style|\sstyle=|\son[a-z]+=|https?:/);
    },
  );

  it('loads only files that are served, and those with their type', async () => {
    const html = await (await fetchPage('/')).text();
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files).toEqual(['/assets/icon.svg', '/assets/page.css', '/assets/main.js']);
    const types = await Promise.all(files.map(async (file) => (await fetchPage(file)).headers.get('content-type')));
    expect(types).toEqual(['image/svg+xml', 'text/css; charset=utf-8', 'text/javascript; charset=utf-8']);
    expect((await fetchPage('/assets/views/sources.js')).status).toBe(200);
  });

  it('is not sent again to a browser that has it', async () => {
    const etag = (await fetchPage('/assets/main.js')).headers.get('etag') ?? '';
    const again = await fetchPage('/assets/main.js', { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each(['/assets/tsconfig.json', '/assets/..%2fserve-page.ts', '/assets/index.html', '/assets/'])(
    'serves nothing at %s',
    async (path) => {
      expect((await fetchPage(path)).status).toBe(404);
    },
  );
});
