import type { Server } from 'node:http';
import { HookportError } from '../../errors.ts';

/**
 * Connections that the kernel keeps for us until we accept them; it takes at most net.core.somaxconn. With Node's 511,
 * the rest of a burst waits a second for its next attempt.
 */
const backlog = 4096;

/**
 * Listens on 127.0.0.1, never on another address.
 *
 * @throws HookportError `port_in_use`
 */
export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES')
        reject(
          new HookportError('port_in_use', `port ${port} cannot be listened on; choose another`, { cause: error }),
        );
      else reject(error);
    };
    server.once('error', fail);
    server.listen({ port, host: '127.0.0.1', backlog }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
