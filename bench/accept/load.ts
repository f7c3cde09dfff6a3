import { createHmac } from 'node:crypto';
import { openConnection } from '../lib/connection.ts';

/** What to send, and how; one JSON argument. */
export interface LoadOptions {
  port: number;
  path: string;
  connections: number;
  seconds: number;
  warmUpSeconds: number;
  bodyBytes: number;
  /** Ends as soon as so many were answered; `seconds` is then the most that it takes. */
  enough?: number;
}

/** What one run of the load generator saw. */
export interface LoadResult {
  /** Answers with status 2xx per second. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  max: number;
  /** Answers with 2xx, those of the warm-up too. */
  accepted: number;
  /** Any other answer, and connections that broke. */
  errors: number;
}

/** With which every contender that verifies is set up. */
export const secret = 'bench';

/**
 * Keeps `connections` busy with one request each, for `seconds` after a warm-up. Runs in a process of its own, which
 * prints a {@link LoadResult}.
 */
async function load({
  connections,
  seconds,
  warmUpSeconds,
  enough = Infinity,
  ...what
}: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = [];
  let accepted = 0;
  let errors = 0;
  // Made before the time begins: to sign large ones takes a while.
  const requests = Array.from({ length: Math.min(connections, 16) }, (_, index) => requestOf(index, what));
  const from = performance.now() + warmUpSeconds * 1000;
  const until = from + seconds * 1000;
  const keepBusy = async (index: number) => {
    const connection = openConnection(what.port);
    const request = requests[index % requests.length] ?? requestOf(index, what);
    for (let startedAt = performance.now(); startedAt < until && latencies.length < enough;) {
      const status = await connection.post(request);
      const now = performance.now();
      const isAccepted = status >= 200 && status <= 299;
      if (isAccepted) accepted += 1;
      // By when it was answered: one that takes longer than all of the time would not count otherwise.
      if (now >= from && now < until) {
        if (isAccepted) latencies.push(now - startedAt);
        else errors += 1;
      }
      startedAt = now;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => keepBusy(index)));
  const elapsed = Math.min(seconds, (performance.now() - from) / 1000);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
  return { perSecond: latencies.length / elapsed, p50: at(0.5), p99: at(0.99), max: at(1), accepted, errors };
}

/** A GitHub-like delivery: a JSON body of exactly so many bytes, and the headers that GitHub sends, genuinely signed. */
function requestOf(index: number, { path, bodyBytes }: Pick<LoadOptions, 'path' | 'bodyBytes'>): Buffer {
  const start = `{"action":"opened","number":${index},"text":"`;
  const words = 'lorem ipsum dolor '.repeat(Math.ceil(bodyBytes / 18));
  const body = `${start}${words.slice(0, bodyBytes - start.length - 2)}"}`;
  const signature = (hash: string) => createHmac(hash, secret).update(body).digest('hex');
  return Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'User-Agent: GitHub-Hookshot/044aadd',
      'Accept: */*',
      'Content-Type: application/json',
      'X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'X-GitHub-Event: issues',
      'X-GitHub-Hook-ID: 292430182',
      'X-GitHub-Hook-Installation-Target-ID: 79929171',
      'X-GitHub-Hook-Installation-Target-Type: repository',
      `X-Hub-Signature: sha1=${signature('sha1')}`,
      `X-Hub-Signature-256: sha256=${signature('sha256')}`,
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  );
}

if (import.meta.main) console.log(JSON.stringify(await load(JSON.parse(process.argv[2] ?? '') as LoadOptions)));
