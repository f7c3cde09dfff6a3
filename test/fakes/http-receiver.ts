import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An HTTP server that keeps what it is sent, and answers as the test says. */
export async function startReceiver(
  answer: (response: ServerResponse, request: ReceivedRequest) => void = (response) => void response.end(),
) {
  const requests: ReceivedRequest[] = [];
  const connections = new Set<Socket>();
  const state = { answer, requests, connections, open: 0, mostOpen: 0 };
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url: path, headers } = request;
    const received = { method, path, headers, body: Buffer.concat((await request.toArray()) as Buffer[]) };
    requests.push(received);
    state.answer(response, received);
  };
  const server = createServer((request, response) => {
    state.open += 1;
    state.mostOpen = Math.max(state.mostOpen, state.open);
    response.on('close', () => void (state.open -= 1));
    void receive(request, response);
  });
  server.on('connection', (socket) => void connections.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
