import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { LoadResult } from './accept/load.ts';

/**
 * Durable accepts per second of a 2 KB webhook, through the local gateway and the embedded queue, beside the limit: a
 * bare node:http server that appends to one preallocated file and answers after an fdatasync shared by what arrived
 * meanwhile. Server and load run in processes of their own; rounds interleave, so that a busy moment hits all alike;
 * medians count.
 *
 * `npm run bench:accept -- [--rounds 5] [--seconds 4] [--folder /tmp]`
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    folder: { type: 'string', default: tmpdir() },
  },
});

/** Until the code that serves is compiled. */
const warmUpSeconds = '3';
const connectionCounts = [1, 32, 64];
const servers = {
  http: ['limit-server.ts', 'none'],
  'limit, sync': ['limit-server.ts', 'sync'],
  'limit, async': ['limit-server.ts', 'async'],
  hookport: ['gateway-server.ts', ''],
} as const;
type Server = keyof typeof servers;

const here = (file: string) => join(import.meta.dirname, 'accept', file);

async function firstLine(args: string[]): Promise<{ line: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const { value } = (await createInterface(child.stdout)[Symbol.asyncIterator]().next()) as { value?: string };
  if (value === undefined) throw new Error(`${args.join(' ')} printed nothing`);
  return {
    line: value,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A fresh server in a fresh folder, so that no run inherits the backlog of another. */
async function measure(server: Server, connections: number): Promise<LoadResult> {
  const folder = await mkdtemp(join(options.folder, 'hookport-bench-'));
  const [file, mode] = servers[server];
  const { line: port, stop } = await firstLine([here(file), folder, mode]);
  const load = await firstLine([here('load.ts'), port, String(connections), options.seconds, warmUpSeconds]);
  await load.stop();
  await stop();
  await rm(folder, { recursive: true });
  const result = JSON.parse(load.line) as LoadResult;
  if (result.errors > 0) throw new Error(`${server}: ${result.errors} requests were not answered 200`);
  return result;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

const tmpfs = 0x01021994;
if ((await statfs(options.folder)).type === tmpfs)
  throw new Error(`${options.folder} is in memory, where nothing is ever synced to disk: name another with --folder`);

const results = new Map<string, LoadResult[]>();
for (let round = 0; round < Number(options.rounds); round += 1)
  for (const connections of connectionCounts)
    for (const server of Object.keys(servers) as Server[]) {
      const key = `${server} ${connections}`;
      results.set(key, [...(results.get(key) ?? []), await measure(server, connections)]);
      process.stderr.write('.');
    }

const of = (server: Server, connections: number, field: keyof LoadResult) =>
  median((results.get(`${server} ${connections}`) ?? []).map((result) => result[field]));

console.log(
  `\n${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, medians of ${options.rounds} runs of ${options.seconds} s`,
);
console.log('2,048-byte body; accepts per second, p50/p99 in milliseconds\n');
console.log(`| connections | ${Object.keys(servers).join(' | ')} | hookport ÷ limit |`);
console.log(`|---|${'---|'.repeat(Object.keys(servers).length + 1)}`);
for (const connections of connectionCounts) {
  const cells = (Object.keys(servers) as Server[]).map((server) => {
    const [rate, p50, p99] = (['perSecond', 'p50', 'p99'] as const).map((field) => of(server, connections, field));
    return `${Math.round(rate ?? 0)} (${p50?.toFixed(2)}/${p99?.toFixed(2)})`;
  });
  const limit = Math.max(of('limit, sync', connections, 'perSecond'), of('limit, async', connections, 'perSecond'));
  console.log(
    `| ${connections} | ${cells.join(' | ')} | ${(of('hookport', connections, 'perSecond') / limit).toFixed(2)} |`,
  );
}
