import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/**
 * What the example needs around it, for trying it on one machine: the page, an issuer that gives everybody a token, and, where nothing
 * listens there yet, a stand-in for Elasticsearch that prints what it is sent. Never expose it: it lets everybody in.
 */
const url = 'http://127.0.0.1:5173';
const page = readFileSync(new URL('./page.html', import.meta.url));
const { publicKey, privateKey } = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'demo', alg: 'RS256', use: 'sig' };

const token = () =>
  new SignJWT({ scope: 'logs/write' })
    .setProtectedHeader({ alg: 'RS256', kid: 'demo' })
    .setIssuer(url)
    .setAudience('frontend')
    .setIssuedAt()
    .setExpirationTime('10 minutes')
    .sign(privateKey);

const documents: Record<string, () => unknown> = {
  '/.well-known/openid-configuration': () => ({ issuer: url, jwks_uri: `${url}/jwks` }),
  '/jwks': () => ({ keys: [jwk] }),
  '/token': async () => ({ access_token: await token() }),
};

async function serve({ url: path = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const document = documents[path];
  if (document) response.setHeader('content-type', 'application/json').end(JSON.stringify(await document()));
  else if (path === '/') response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
  else response.writeHead(404).end();
}

/** Takes every document of a `_bulk` request. */
async function bulk(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const lines = Buffer.concat((await request.toArray()) as Buffer[])
    .toString()
    .trim()
    .split('\n');
  for (const [index, line] of lines.entries()) if (index % 2 === 1) print(`would be indexed: ${line}`);
  const items = lines.filter((_, index) => index % 2 === 0).map((line) => created(line));
  response
    .writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
    .end(JSON.stringify({ errors: false, items }));
}

function created(action: string): object {
  const { create } = JSON.parse(action) as { create: { _id: string } };
  return { create: { _id: create._id, status: 201 } };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

createServer((request, response) => void serve(request, response)).listen(5173, '127.0.0.1', () =>
  print(`the page: ${url}`),
);
createServer((request, response) => void bulk(request, response))
  .on('error', () => print('something listens on port 9200 already: logs go there'))
  .listen(9200, '127.0.0.1', () => print('a stand-in for Elasticsearch: http://127.0.0.1:9200'));
