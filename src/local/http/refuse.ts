import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

const lingerMs = 500;

/** Writes a whole answer to a connection whose turn it is, beside Node's own responses, and closes it. */
export function refuseHttp(socket: Socket, status: number, bodyOf: (message: string) => object): void {
  const message = STATUS_CODES[status] ?? '';
  const body = JSON.stringify(bodyOf(message));
  socket.end(
    `HTTP/1.1 ${status} ${message}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Closing at once could reset the connection before the client has read its answer.
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
