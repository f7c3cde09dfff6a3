import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startFauxqs } from 'fauxqs';

/** fauxqs as its package starts it. `node bench/queues/fauxqs-server.ts <folder> <memory|persisted>` prints its port. */
const [parent = '.', mode] = process.argv.slice(2);
const folder = mkdtempSync(join(parent, 'hookport-bench-'));
const server = await startFauxqs({ port: 0, logger: false, ...(mode === 'persisted' && { dataDir: folder }) });
server.createQueue('bench');
console.log(server.port);
process.once('SIGTERM', () => void server.stop().then(() => rmSync(folder, { recursive: true, force: true })));
