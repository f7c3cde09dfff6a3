import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Answer, answers } from './answer.ts';

const lingerMs = 500;

/**
 * Answers HTTP that node's parser refuses, which no request handler gets to see.
 *
 * @param current the request that is being answered on this connection, if any
 * @returns the status that was answered, if any
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  current: IncomingMessage | undefined,
): number | undefined {
  // Answered already; the parser complains again about what follows.
  if (socket.writableEnded) return undefined;
  // A request that arrived whole still waits for its queue: an answer now would be taken for its own.
  if (!socket.writable || current?.complete) {
    socket.destroy();
    return undefined;
  }
  const answer = answerTo(error.code);
  socket.end(
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\nContent-Type: ${answer.contentType}\r\n` +
      `Content-Length: ${Buffer.byteLength(answer.body)}\r\nConnection: close\r\n\r\n${answer.body}`,
  );
  // Closing at once could reset the connection before the client has read its answer.
  setTimeout(() => socket.destroy(), lingerMs).unref();
  return answer.status;
}

function answerTo(code: string | undefined): Answer {
  if (code === 'HPE_HEADER_OVERFLOW') return answers.headersTooLarge;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return answers.requestTimeout;
  return answers.badRequest;
}
