import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** The requests of each connection, one after another. */
export interface Turns {
  /** Serves when everything before on the connection is answered, or never when the connection ends first. */
  take(request: IncomingMessage, response: ServerResponse, serve: Serve): void;
  /** The newest response of a connection, whether it had its turn or not. */
  newest(socket: Socket): ServerResponse | undefined;
}

/**
 * Requests of one connection that may wait for the answers before theirs; more close it. They take some KiB each, and a
 * chunk of 64 KiB, which Node parses to its end whatever happens, holds up to 2,500.
 */
const maxWaiting = 32;

/**
 * Node hands pipelined requests over as fast as they are parsed. Whoever sends many and reads no answer would make them
 * pile up, with their answers.
 *
 * @param open the server's connections
 */
export function takeTurns(open: ReadonlySet<Socket>): Turns {
  const newest = new WeakMap<Socket, ServerResponse>();
  const waiting = new WeakMap<Socket, number>();

  // What was parsed of a connection is free when it is closed, which is not before all are read that have something.
  let braking = false;
  const closeAlone = (socket: Socket) => {
    socket.destroy();
    if (braking) return;
    braking = true;
    const held = [...open].filter((other) => !other.isPaused());
    for (const other of held) other.pause();
    setImmediate(() => {
      braking = false;
      for (const other of held) other.resume();
    });
  };

  const isOneTooMany = (socket: Socket) => {
    const count = (waiting.get(socket) ?? 0) + 1;
    waiting.set(socket, count);
    return count > maxWaiting;
  };
  const wait = (socket: Socket, before: ServerResponse, go: () => void) => {
    if (isOneTooMany(socket)) return closeAlone(socket);
    if (waiting.get(socket) === 1) socket.on('resume', pauseAgain);
    socket.pause();
    before.once('close', () => {
      if (!socket.writable) return;
      const left = (waiting.get(socket) ?? 1) - 1;
      waiting.set(socket, left);
      // The body of the last one may still be to come.
      if (left === 0) socket.off('resume', pauseAgain).resume();
      go();
    });
  };

  return {
    take(request, response, serve) {
      const { socket } = request;
      // Whatever stands behind a request with which the connection ends is none.
      if (!socket.writable) {
        if (!socket.destroyed && isOneTooMany(socket)) closeAlone(socket);
        return;
      }
      const before = newest.get(socket);
      newest.set(socket, response);
      // Node gives a response its socket once all before it are out.
      if (response.socket === null && before) wait(socket, before, () => serve(request, response));
      else serve(request, response);
    },
    newest: (socket) => newest.get(socket),
  };
}

/** Node resumes a connection with each request that arrived whole. */
function pauseAgain(this: Socket): void {
  this.pause();
}
