import { connect, type Socket } from 'node:net';

/** What one run of the load generator saw. */
export interface LoadResult {
  /** Answers with status 200 per second. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  max: number;
  /** Any other answer, and connections that broke. */
  errors: number;
}

/**
 * Keeps `connections` busy with one request each, for `seconds` after a warm-up of `warmUpSeconds`. Runs in a process of
 * its own: `node bench/accept/load.ts <port> <connections> <seconds> <warmUpSeconds>` prints a {@link LoadResult}.
 * It only looks for the status and counts bytes, so it costs a fraction of what any server here does.
 */
async function load(port: number, connections: number, seconds: number, warmUpSeconds: number): Promise<LoadResult> {
  const latencies: number[] = [];
  let errors = 0;
  const from = performance.now() + warmUpSeconds * 1000;
  const until = from + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await drive(socket, requestOf(index), (status, startedAt) => {
        const now = performance.now();
        if (status !== 200) errors += 1;
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

/** A GitHub-like delivery: a JSON body of exactly 2,048 bytes and the headers that GitHub sends. */
function requestOf(index: number): Buffer {
  const start = `{"action":"opened","number":${index},"text":"`;
  const body = `${start}${'lorem ipsum dolor '.repeat(200).slice(0, 2048 - start.length - 2)}"}`;
  return Buffer.from(
    [
      'POST /github HTTP/1.1',
      'Host: 127.0.0.1',
      'User-Agent: GitHub-Hookshot/044aadd',
      'Accept: */*',
      'Content-Type: application/json',
      'X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'X-GitHub-Event: issues',
      'X-GitHub-Hook-ID: 292430182',
      'X-GitHub-Hook-Installation-Target-ID: 79929171',
      'X-GitHub-Hook-Installation-Target-Type: repository',
      'X-Hub-Signature: sha1=7d38cdd689735b008b3c702edd92eea23791c5f6',
      'X-Hub-Signature-256: sha256=d57c68ca6f92289e6987922ff26938930f6e66a2d161ef06abdf1859230aa23c',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

const [port = 0, connections = 1, seconds = 5, warmUpSeconds = 1] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(await load(port, connections, seconds, warmUpSeconds)));
