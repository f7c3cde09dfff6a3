import type { IncomingMessage } from 'node:http';

/**
 * Why a request is refused, or undefined. Only this machine may ask, and no web page of another origin: a page can make
 * a browser connect to 127.0.0.1, also under a name of its own (DNS rebinding), but it cannot change `Host` and `Origin`.
 */
export function refusalOf(request: IncomingMessage, port: number): string | undefined {
  const own = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const { host = '', origin } = request.headers;
  if (!own.has(host.toLowerCase())) return 'the Host header is not this address';
  if (origin !== undefined && !own.has(origin.toLowerCase().replace(/^http:\/\//, ''))) return 'the origin is foreign';
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  if (isWrite && !/^application\/json(;|$)/i.test(request.headers['content-type'] ?? ''))
    return 'the content type must be application/json';
  return undefined;
}
