import { connect, type Socket } from 'node:net';

/**
 * One connection to a server on this machine, for one request at a time. It only looks for the status and counts bytes, so
 * it costs a fraction of what any server here does; one that the server closed is opened anew by the next request.
 */
export interface Connection {
  /** @returns the status; 0 where the connection broke before an answer was whole */
  post(request: Buffer): Promise<number>;
  close(): void;
}

export function openConnection(port: number): Connection {
  let socket: Socket | undefined;
  let received = '';
  let answer: ((status: number) => void) | undefined;
  const answered = (status: number) => {
    const waiting = answer;
    answer = undefined;
    waiting?.(status);
  };
  const open = () => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    opened.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(received);
      if (received.length >= head + 4 + Number(length?.[1] ?? 0)) answered(Number(received.slice(9, 12)));
    });
    // What follows an error is its close.
    opened.on('error', () => undefined);
    opened.on('close', () => {
      if (socket === opened) socket = undefined;
      answered(0);
    });
    return opened;
  };
  return {
    post(request) {
      received = '';
      socket ??= open();
      socket.write(request);
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    close() {
      socket?.destroy();
    },
  };
}
