import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';

/**
 * A durable inbox as a person would write it: fastify, and one insert, which SQLite syncs, for each request.
 *
 * `node bench/accept/fastify-server.ts <folder>` prints its port.
 */
const database = new DatabaseSync(join(process.argv[2] ?? '.', 'inbox.db'));
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
database.exec('CREATE TABLE inbox (id INTEGER PRIMARY KEY, received_at INTEGER, headers TEXT, body BLOB)');
const insert = database.prepare('INSERT INTO inbox (received_at, headers, body) VALUES (?, ?, ?)');

const app = Fastify({ bodyLimit: 10 * 1024 * 1024 });
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post('/github', (request, reply) => {
  insert.run(Date.now(), JSON.stringify(request.headers), request.body as Buffer);
  return reply.send({ ok: true });
});
const address = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(new URL(address).port);
process.once('SIGTERM', () => void app.close().then(() => database.close()));
