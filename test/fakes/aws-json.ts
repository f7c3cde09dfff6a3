import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type AwsAnswer = { status: number; body: unknown };

/** A server that speaks the AWS JSON protocol: it is told the action (without the service's prefix) and its input. */
export async function startAwsJson(
  answer: (action: string, input: Record<string, unknown>) => AwsAnswer,
): Promise<{ endpoint: string; close(): Promise<void> }> {
  // No connection is closed for being idle: a client that is busy for long would take it up in that moment.
  const server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void answerJson(request, response, answer),
  );
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

async function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Parameters<typeof startAwsJson>[0],
): Promise<void> {
  const action = String(request.headers['x-amz-target']).replace(/^.*\./, '');
  const input = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Record<string, unknown>;
  const { status, body } = answer(action, input);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
