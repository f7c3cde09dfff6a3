import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** All that a server answers to these bytes until it closes the connection, or is silent for a while. */
export function rawExchange(port: number, bytes: string | Buffer, silentMs = 300): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
    socket.setTimeout(silentMs, () => socket.destroy());
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

/** Opens so many connections that say nothing, and tells how many the server left open. */
export async function openMany(port: number, count: number): Promise<{ open: number; close(): void }> {
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket: Socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      return socket;
    }),
  );
  // A refused connection is accepted by the system and then closed by the server.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    open: sockets.filter((socket) => !socket.closed && !socket.destroyed && socket.readable).length,
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}
