import type { IncomingMessage } from 'node:http';
import { isView } from '../inspector/serve-page.ts';

/**
 * Why a request is refused, or undefined. Only this machine may ask, and no web page of another origin: a page can make
 * a browser connect to 127.0.0.1, also under a name of its own (DNS rebinding), but it cannot change `Host`, `Origin` and
 * `Sec-Fetch-Site`. What it loads without `Origin`, as an image is, it cannot read; but it can measure how long the answer
 * takes, and so find out what a search finds.
 */
export function refusalOf(request: IncomingMessage, port: number): string | undefined {
  const own = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const { host = '', origin } = request.headers;
  if (!own.has(host.toLowerCase())) return 'the Host header is not this address';
  if (origin !== undefined && !own.has(origin.toLowerCase().replace(/^http:\/\//, ''))) return 'the origin is foreign';
  if (isOfForeignPage(request)) return 'a page of another origin asks';
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  if (isWrite && !/^application\/json(;|$)/i.test(request.headers['content-type'] ?? ''))
    return 'the content type must be application/json';
  return undefined;
}

/**
 * https://www.w3.org/TR/fetch-metadata/. Links to a page may stand anywhere: its address can be passed on. Whatever is no
 * browser says nothing.
 */
function isOfForeignPage({ headers, url = '' }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return !(headers['sec-fetch-mode'] === 'navigate' && isView(url));
}
