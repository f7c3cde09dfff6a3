import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Env, Hono } from 'hono';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page's own addresses: its script decides what each shows. */
const views = ['/', '/deliveries', '/deliveries/:id', '/dead-letters', '/send'];

const anyView = new RegExp(`^(${views.join('|').replaceAll(':id', '[^/]+')})$`);

/** Whether a request's target is one of the page's own addresses, which hold nothing by themselves. */
export function isView(target: string): boolean {
  return anyView.test(target.split('?', 1)[0] ?? '');
}

/**
 * Serves the inspector page: plain HTML, CSS and modules, as they stand in `page/`, with nothing to build. They are read
 * once; a browser asks each time whether its copy is still right.
 */
export function servePage<E extends Env>(app: Hono<E>): void {
  const files = readPage();
  const serve = (name: string, path: string) =>
    app.get(path, (c) => {
      const file = files.get(name);
      if (!file) return c.notFound();
      const headers = { etag: file.etag, 'cache-control': 'no-cache' };
      if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers);
      return c.body(file.text, 200, { ...headers, 'content-type': file.type });
    });
  for (const view of views) serve('index.html', view);
  for (const name of files.keys()) if (name !== 'index.html') serve(name, `/assets/${name}`);
}

function readPage(): Map<string, { text: string; type: string; etag: string }> {
  const folder = join(import.meta.dirname, 'page');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    names.flatMap((name) => {
      const type = types[extname(name)];
      if (type === undefined) return [];
      const text = readFileSync(join(folder, name), 'utf8');
      return [[name, { text, type, etag: `"${hash('sha256', text, 'base64url')}"` }]];
    }),
  );
}
