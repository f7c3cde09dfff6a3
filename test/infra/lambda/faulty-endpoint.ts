import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What may go wrong with one call of an AWS service. */
export type Fault =
  | 'throttled'
  | 'serverError'
  /** The connection ends before the service has seen the call. */
  | 'unheard'
  /** The service did what was asked, and the connection ended before its answer came. */
  | 'answerLost'
  /** No answer, ever: the client must give up by itself. */
  | 'silent'
  | { afterMs: number };

/**
 * A network and a service that fail: passes calls of AWS's JSON protocols on to a local endpoint, but for those that
 * `decide` has a fault for.
 *
 * @param decide gets the action, such as `PutItem`
 */
export async function startFaultyEndpoint(target: string, decide: (action: string) => Fault | undefined) {
  const server = createServer((request, response) => {
    const action = String(request.headers['x-amz-target']).replace(/^\w+\./, '');
    passOn(request, response, target, decide(action)).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  fault: Fault | undefined,
): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  if (fault === 'unheard') return void response.destroy();
  if (fault === 'silent') return;
  if (fault === 'throttled')
    return void response
      .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      .end('{"__type":"ThrottlingException","message":"Rate exceeded"}');
  if (fault === 'serverError')
    return void response
      .writeHead(500, { 'content-type': 'application/x-amz-json-1.0' })
      .end('{"__type":"InternalServerError","message":"try again"}');
  if (typeof fault === 'object') await sleep(fault.afterMs);
  const { 'content-type': type = '', 'x-amz-target': action = '' } = request.headers;
  const answer = await fetch(new URL(request.url ?? '/', target), {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-amz-target': String(action),
      authorization: request.headers.authorization ?? '',
    },
    body,
  });
  const text = await answer.text();
  if (fault === 'answerLost') return void response.destroy();
  const queryError = answer.headers.get('x-amzn-query-error');
  response
    .writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      ...(queryError !== null && { 'x-amzn-query-error': queryError }),
    })
    .end(text);
}
