import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** Event source mappings behind Lambda’s REST API, as its reference describes it; two on a page. */
export async function startLambda(arn: string, others: readonly string[] = []) {
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:x';
  const mapping = { UUID: 'mapping-1', EventSourceArn: arn, FunctionArn: functionArn, State: 'Enabled' };
  const mappings = [...others.map((EventSourceArn) => ({ ...mapping, UUID: 'other', EventSourceArn })), mapping];
  let asked = 0;
  const answer = async (request: IncomingMessage): Promise<[number, object]> => {
    const url = new URL(request.url ?? '/', 'http://x');
    const base = '/2015-03-31/event-source-mappings';
    if (request.method === 'GET' && url.pathname.replace(/\/$/, '') === base) {
      asked += 1;
      const { EventSourceArn, Marker = '0' } = Object.fromEntries(url.searchParams);
      const found = mappings.filter((each) => EventSourceArn === undefined || each.EventSourceArn === EventSourceArn);
      const next = Number(Marker) + 2;
      const NextMarker = next < found.length ? String(next) : undefined;
      return [200, { EventSourceMappings: found.slice(Number(Marker), next), NextMarker }];
    }
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
    asked: () => asked,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}
