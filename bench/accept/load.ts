import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** What to send, and how; one JSON argument. */
export interface LoadOptions {
  port: number;
  path: string;
  connections: number;
  seconds: number;
  warmUpSeconds: number;
  bodyBytes: number;
}

/** What one run of the load generator saw. */
export interface LoadResult {
  /** Answers with status 2xx per second. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  max: number;
  /** Any other answer, and connections that broke. */
  errors: number;
}

/** With which every contender that verifies is set up. */
export const secret = 'bench';

/**
 * Keeps `connections` busy with one request each, for `seconds` after a warm-up. Runs in a process of its own, which
 * prints a {@link LoadResult}. It only looks for the status and counts bytes, so it costs a fraction of what any server
 * here does.
 */
async function load({ connections, seconds, warmUpSeconds, ...what }: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = [];
  let errors = 0;
  const from = performance.now() + warmUpSeconds * 1000;
  const until = from + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      const socket = connect({ port: what.port, host: '127.0.0.1', noDelay: true });
      await drive(socket, requestOf(index, what), (status, startedAt) => {
        const now = performance.now();
        if (status < 200 || status > 299) errors += 1;
        else if (startedAt >= from && now < until) latencies.push(now - startedAt);
        return now < until;
      });
    }),
  );
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
  return { perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99), max: at(1), errors };
}

/** Sends `request` again and again, until `answered` says no more. */
function drive(
  socket: Socket,
  request: Buffer,
  answered: (status: number, startedAt: number) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    let startedAt = 0;
    let received = '';
    const send = () => {
      startedAt = performance.now();
      received = '';
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(received);
      if (received.length < head + 4 + Number(length?.[1] ?? 0)) return;
      if (answered(Number(received.slice(9, 12)), startedAt)) send();
      else socket.destroy();
    });
    socket.on('error', () => answered(0, startedAt));
    socket.on('close', () => resolve());
  });
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
