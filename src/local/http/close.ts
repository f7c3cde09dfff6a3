import { once } from 'node:events';
import type { Server } from 'node:http';

/** Takes no more connections, finishes what is in flight for at most `graceMs`, then closes every connection. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Again and again: a connection whose answer ends meanwhile would be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const end = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(end);
}
