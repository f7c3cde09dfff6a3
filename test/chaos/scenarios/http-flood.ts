import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openMany } from '../../local/http/raw-connections.ts';
import type { PlatformProcess } from '../../e2e/platform-process.ts';
import { residentMiB, unableToMeasure } from '../platform/resident.ts';
import { startWithRawQueue } from '../platform/raw-queue.ts';
import { takeAll } from '../platform/take-all.ts';
import type { Run, Scenario } from '../scenario.ts';

/** Bodies may hold 128 MiB, and each connection some KiB. */
const mayGrowMiB = 400;
const caps = { gateway: 2048, sqs: 1024, api: 256 } as const;
/** A request is given up after 30 seconds, its head after 10. */
const recoverMs = 45_000;

export const httpFlood: Scenario = {
  name: 'http-flood',
  tries:
    'gateway, SQS endpoint and inspector get 400 connections more than they take; 600 more clients send a head and no body, a part of a body, or up to 5,000 requests in a row without ever reading an answer, and stay; then 64 at once post up to 11 MB, by length and in chunks',
  holds:
    'no crash, memory bounded; no more connections than the cap stay open; the gateway serves again while those who say nothing stay; a body that is too large is refused and nothing of it kept',
  runs: 10,
  unable: unableToMeasure,
  async run(run) {
    const { short } = run;
    const platform = await startWithRawQueue(run);
    const before = residentMiB(platform);
    let most = before;
    const sampling = setInterval(() => (most = Math.max(most, residentMiB(platform))), 50);
    run.onEnd(() => clearInterval(sampling));
    const problems: string[] = [];

    // In short, one server alone is filled, the smallest.
    const crowded = short ? (['api'] as const) : (['gateway', 'sqs', 'api'] as const);
    for (const server of crowded) {
      const many = await openMany(portOf(platform[server]), caps[server] + (short ? 20 : 400));
      run.onEnd(() => many.close());
      const open = await settled(() => many.open(), caps[server]);
      if (open > caps[server]) problems.push(`${server}: ${open} connections are open`);
      many.close();
    }
    for (let index = 0; index < (short ? 30 : 600); index++) stay(run, platform);
    if (!(await servesAgain(platform, recoverMs))) problems.push('the gateway serves nobody any more');

    const answers = await Promise.all(Array.from({ length: short ? 8 : 64 }, () => postLarge(run, platform.gateway)));
    const wrong = answers.filter(({ status, mayBe }) => !mayBe.includes(status));
    for (const { status, size } of wrong.slice(0, 5)) problems.push(`${size} bytes were answered ${status}`);
    const accepted = answers.filter(({ status }) => status === 200).length;
    // Besides what served to see whether it serves.
    const kept = (await takeAll(platform.sqs, 'e2e-raw')).filter(({ Body = '' }) => Body.length > 10).length;
    if (kept !== accepted) problems.push(`${accepted} were accepted and ${kept} kept`);
    if (platform.child.exitCode !== null) problems.push(`the process ended with ${platform.child.exitCode}`);
    if (most - before > mayGrowMiB) problems.push(`memory grew by ${most - before} MiB`);
    return {
      counts: { bodies: answers.length, acknowledged: accepted, refused: answers.length - accepted },
      highest: { 'MiB grown': most - before },
      problems,
    };
  },
};

const portOf = (url: string) => Number(new URL(url).port);

/** What a count comes to, once it is no more than wanted or ten seconds have passed: closing takes turns of the event loop. */
async function settled(count: () => number, wanted: number): Promise<number> {
  for (const end = performance.now() + 10_000; count() > wanted && performance.now() < end;) await sleep(50);
  return count();
}

/** A client that never finishes what it began, on any of the servers. */
function stay(run: Run, platform: PlatformProcess): void {
  const { random } = run;
  const port = portOf(random.pick([platform.gateway, platform.gateway, platform.sqs, platform.api]));
  const whole = `GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  const bytes = random.pick([
    'POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n',
    `POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(60_000)}`,
    'POST /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nx',
    whole.repeat(random.integer(1, 200)),
    whole.repeat(5000),
    // As many as one chunk of a socket can hold.
    'GET / HTTP/1.1\r\nHost:\r\n\r\n'.repeat(10_000),
  ]);
  const socket: Socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
  socket.pause().on('error', () => undefined);
  run.onEnd(() => void socket.destroy());
}

async function servesAgain({ gateway }: PlatformProcess, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(100)) {
    const signal = AbortSignal.timeout(5000);
    const answer = await fetch(`${gateway}/raw`, { method: 'POST', body: 'honest', signal }).catch(() => undefined);
    if (answer?.status === 200) return true;
  }
  return false;
}

/** Above API Gateway's limit 413, above the queue's 400; 503 while bodies of others fill what is set apart for them. */
async function postLarge({ random }: Run, gateway: string) {
  const size = random.pick([1_000_000, 1_040_000, 1_048_577, 10_000_000, 10_485_760, 10_485_761, 11_000_000]);
  const body = Buffer.alloc(size, 'x');
  const mayBe = size > 10_485_760 ? [413, 0] : size > 1_044_480 ? [400] : [200, 503];
  const chunked = random.next() < 0.5;
  const answer = await fetch(`${gateway}/raw`, {
    method: 'POST',
    body: chunked ? new Blob([body]).stream() : body,
    ...(chunked && { duplex: 'half' as const }),
    // Refused before it was read: the connection may break while the client still sends.
  }).catch(() => undefined);
  await answer?.arrayBuffer();
  return { size, status: answer?.status ?? 0, mayBe };
}
