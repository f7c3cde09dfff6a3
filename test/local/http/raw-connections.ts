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

/** Opened at once: far fewer than the kernel's backlog, which would leave some that the server never learns of. */
const wave = 100;

/** Opens so many connections that say nothing. `open` counts those that the server has not closed by now. */
export async function openMany(port: number, count: number): Promise<{ open(): number; close(): void }> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const size = Math.min(wave, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: size }, () => openSilent(port)))));
  }
  return {
    // The system accepts a connection before the server closes it.
    open: () => sockets.filter((socket) => !socket.destroyed).length,
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function openSilent(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}
