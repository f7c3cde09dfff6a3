import { startSqsEndpoint } from '../../src/local/sqs-endpoint/start.ts';
import { openHookport } from './hookport.ts';

/** The SQS endpoint over an embedded queue. `node bench/queues/hookport-server.ts <folder>` prints its port. */
const { queues, close } = await openHookport(process.argv[2] ?? '.');
const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const endpoint = await startSqsEndpoint({ port: 0, queues, log });
console.log(endpoint.port);
process.once('SIGTERM', () => void endpoint.close().then(close));
