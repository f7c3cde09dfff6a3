import type { Server } from 'node:http';
import { HookportError } from '../../errors.ts';

/**
 * Connections that the kernel keeps for us until we accept them; it takes at most net.core.somaxconn. With Node's 511,
 * the rest of a burst waits a second for its next attempt.
 */
const backlog = 4096;

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'may not be listened on by this user',
};

/**
 * Listens on 127.0.0.1, never on another address.
 *
 * @param option What chooses another port, for the message.
 * @throws HookportError `port_in_use`
 */
export function listen(
  server: Server,
  port: number,
  option: '--port' | '--inspector-port' | '--sqs-port',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const why = error.code === undefined ? undefined : reasons[error.code];
      if (why === undefined) reject(error);
      else
        reject(
          new HookportError('port_in_use', `port ${port} ${why}; choose another with ${option}`, { cause: error }),
        );
    };
    server.once('error', fail);
    server.listen({ port, host: '127.0.0.1', backlog }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
