import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** Writes a whole answer; headers that every answer has come from here. */
export function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  extraHeaders: readonly string[] = [],
): void {
  response.writeHead(answer.status, headersOf(answer, requestId, extraHeaders));
  response.end(answer.body);
}

function headersOf(answer: Answer, requestId: string, extraHeaders: readonly string[]): string[] {
  const length = answer.length ?? Buffer.byteLength(answer.body);
  const always = ['content-type', answer.contentType, 'content-length', String(length), 'apigw-requestid', requestId];
  if (!answer.headers && extraHeaders.length === 0) return always;
  return [...always, ...(answer.headers ?? []), ...extraHeaders];
}

/** How long, and for how many bytes, the rest of a refused body is thrown away before the connection is closed. */
const lingerMs = 2000;
const lingerBytes = 16 * 1024 * 1024;

/**
 * Answers before the request's body was read and closes the connection. The answer goes out at once; then what the
 * client still sends is thrown away for a while, since closing at once would reset the connection and the client might
 * never see the answer.
 */
export function writeAnswerAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  extraHeaders: readonly string[] = [],
): void {
  response.writeHead(answer.status, headersOf(answer, requestId, ['connection', 'close', ...extraHeaders]));
  if (request.complete) {
    response.end(answer.body);
    return;
  }
  response.write(answer.body);
  let discarded = 0;
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, lingerMs).unref();
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > lingerBytes) finish();
  });
  request.once('end', finish).once('close', finish);
}
