import { readFileSync } from 'node:fs';

/**
 * Imports a bundle's entry in this fresh process, then hands it the event in the file that is named second. Prints the
 * milliseconds until each was done.
 */
const [, , entry = '', event = ''] = process.argv;
const start = performance.now();
const { handler } = (await import(entry)) as { handler: (event: unknown, context: object) => Promise<unknown> };
const initMs = performance.now() - start;
const parsed = JSON.parse(readFileSync(event, 'utf8')) as unknown;
const invoked = performance.now();
const answer = await handler(parsed, { getRemainingTimeInMillis: () => 45_000 });
process.stderr.write(`${JSON.stringify({ initMs, firstMs: initMs + performance.now() - invoked, answer })}\n`);
// A client of the AWS SDK may keep the process.
process.exit();
