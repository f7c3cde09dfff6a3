import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** Event source mappings behind Lambda’s REST API, as its reference describes it. */
export async function startLambda(arn: string) {
  const mapping = { UUID: 'mapping-1', EventSourceArn: arn, State: 'Enabled' };
  const answer = async (request: IncomingMessage): Promise<[number, object]> => {
    const url = new URL(request.url ?? '/', 'http://x');
    const base = '/2015-03-31/event-source-mappings';
    if (request.method === 'GET' && url.pathname.replace(/\/$/, '') === base)
      return [200, { EventSourceMappings: url.searchParams.get('EventSourceArn') === arn ? [mapping] : [] }];
    if (request.method === 'PUT' && url.pathname.replace(/\/$/, '') === `${base}/${mapping.UUID}`) {
      const { Enabled } = (await json(request)) as { Enabled: boolean };
      mapping.State = Enabled ? 'Enabling' : 'Disabling';
      return [202, mapping];
    }
    return [404, { Message: 'no such resource' }];
  };
  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    mapping,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}
