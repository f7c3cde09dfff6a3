import { closeSync, fdatasyncSync, openSync, writeSync, write, fdatasync, ftruncateSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * The least that a durable accept in node can do, as the limit that the gateway is measured against: read the body,
 * append it to one preallocated file, wait for an fdatasync that it shares with whatever arrived meanwhile, answer 200
 * with a body as long as SQS's. `sync` flushes on the main thread (fewer hand-overs), `async` in libuv's pool (accepts
 * go on meanwhile); the faster of both counts. `none` does not write and shows what the HTTP costs.
 *
 * `node bench/accept/limit-server.ts <folder> <sync|async|none>` prints its port.
 */
const [folder = '.', mode = 'sync'] = process.argv.slice(2);

const fileBytes = 256 * 1024 * 1024;
const file = openSync(join(folder, 'limit.log'), 'w+');
// Written, not only truncated: blocks that exist need no journal commit of the file system at the flush.
const zeros = Buffer.alloc(1024 * 1024);
for (let at = 0; at < fileBytes; at += zeros.length) writeSync(file, zeros, 0, zeros.length, at);
ftruncateSync(file, fileBytes);
fdatasyncSync(file);
let position = 0;

interface Waiting {
  body: Buffer;
  response: ServerResponse;
}
let waiting: Waiting[] = [];
let flushing = false;

const answerBody = 'x'.repeat(420);
const answerHead = ['content-type', 'text/xml', 'content-length', String(answerBody.length)];
function answer({ response }: Waiting): void {
  response.writeHead(200, answerHead).end(answerBody);
}

function takeBatch(): { batch: Waiting[]; bytes: Buffer } {
  const batch = waiting;
  waiting = [];
  const bytes = Buffer.concat(batch.map(({ body }) => body));
  if (position + bytes.length > fileBytes) position = 0;
  return { batch, bytes };
}

function flushSync(): void {
  flushing = false;
  const { batch, bytes } = takeBatch();
  writeSync(file, bytes, 0, bytes.length, position);
  position += bytes.length;
  fdatasyncSync(file);
  for (const one of batch) answer(one);
}

function flushAsync(): void {
  const { batch, bytes } = takeBatch();
  write(file, bytes, 0, bytes.length, position, (error) => {
    if (error) throw error;
    position += bytes.length;
    fdatasync(file, (error) => {
      if (error) throw error;
      for (const one of batch) answer(one);
      flushing = false;
      if (waiting.length > 0) start();
    });
  });
}

function start(): void {
  flushing = true;
  // After all requests that this turn of the event loop has read.
  if (mode === 'sync') setImmediate(flushSync);
  else flushAsync();
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first] = chunks;
    const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
    if (mode === 'none') return answer({ body, response });
    waiting.push({ body, response });
    if (!flushing) start();
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => closeSync(file));
});
