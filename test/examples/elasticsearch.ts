import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import mockModule from '@elastic/elasticsearch-mock';

// Its types say `export default`, and its code `module.exports =`.
const Mock = mockModule as unknown as typeof mockModule.default;

interface Action {
  create: { _index: string; _id: string };
}

/** The status and error type of a document that is not taken. */
export type Refuse = (document: Record<string, unknown>) => { status: number; type: string } | undefined;

/**
 * A server that answers `_bulk` as Elasticsearch does, its routes by the mock package of the official client, over HTTP, so that the
 * client of a handler in a thread reaches it. It holds documents by id and refuses what the test says.
 */
export async function startElasticsearch() {
  const documents = new Map<string, Record<string, unknown>>();
  const state = { documents, requests: 0, refuse: (() => undefined) as Refuse, down: false };
  const mock = new Mock();

  const create = ({ create: action }: Action, document: Record<string, unknown>) => {
    const { _id, _index } = action;
    const result = (status: number, type?: string) => ({
      create: { _index, _id, status, ...(type !== undefined && { error: { type, reason: 'quotes the document' } }) },
    });
    if (documents.has(_id)) return result(409, 'version_conflict_engine_exception');
    const refused = state.refuse(document);
    if (refused) return result(refused.status, refused.type);
    documents.set(_id, document);
    return result(201);
  };
  mock.add({ method: 'POST', path: '/_bulk' }, ({ body = [] }) => {
    state.requests += 1;
    const lines = body as object[];
    const items = lines.flatMap((line, index) =>
      index % 2 === 0 ? [create(line as Action, lines[index + 1] as Record<string, unknown>)] : [],
    );
    return { took: 1, errors: items.some(({ create: { status } }) => status >= 400), items };
  });

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const text = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const body = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
    const params = { method: request.method ?? '', path: pathname, body, querystring: {} };
    const resolver = state.down ? null : mock.get(params);
    response
      .writeHead(resolver ? 200 : 503, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
      .end(JSON.stringify(resolver ? resolver(params) : { error: 'down' }));
  };
  const server = createServer((request, response) => void answer(request, response));
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
