import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformProcess } from '../../e2e/platform-process.ts';
import { mutate } from '../http/mutate.ts';
import { readStrictly } from '../http/strict-reader.ts';
import { startWithRawQueue } from '../platform/raw-queue.ts';
import { residentMiB, unableToMeasure } from '../platform/resident.ts';
import { takeAll } from '../platform/take-all.ts';
import type { Random } from '../random.ts';
import type { Run, Scenario } from '../scenario.ts';

/** Beyond what it had before; bodies of requests may be held up to 128 MiB. */
const mayGrowMiB = 300;

export const httpFuzz: Scenario = {
  name: 'http-fuzz',
  tries:
    'spoiled, ambiguous, pipelined, cut and dribbled HTTP on raw connections to the gateway, the SQS endpoint and the inspector, beside connections that hold still',
  holds:
    'no crash, memory bounded; each 2xx is a message in the queue, byte for byte; no message that a strict reader of RFC 9112 does not find in what was sent',
  runs: 40,
  unable: unableToMeasure,
  async run(run) {
    const { random, short } = run;
    const platform = await startWithRawQueue(run);
    const ports = [platform.gateway, platform.sqs, platform.api].map((url) => Number(new URL(url).port));
    const [gateway = 0] = ports;
    const before = residentMiB(platform);
    for (let index = 0; index < (short ? 20 : 200); index++) holdStill(run, random.pick(ports));

    const sent: Buffer[] = [];
    const answers: string[] = [];
    let streams = 0;
    for (let round = 0; round < (short ? 4 : 25); round++)
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          const port = random.next() < 0.8 ? gateway : random.pick(ports);
          const stream = mutate(random, requests(random, `${run.seed}-${streams++}`), random.integer(0, 4));
          const answer = await exchange(random, port, stream);
          if (port !== gateway) return;
          sent.push(stream);
          answers.push(answer);
        }),
      );
    const grown = residentMiB(platform) - before;

    const problems: string[] = [];
    if (platform.child.exitCode !== null) problems.push(`the process ended with ${platform.child.exitCode}`);
    const honest = await fetch(`${platform.gateway}/raw`, { method: 'POST', body: 'honest' });
    if (honest.status !== 200) problems.push(`an honest request afterwards is answered ${honest.status}`);
    if (grown > mayGrowMiB) problems.push(`memory grew by ${grown} MiB`);
    answers.push(await honest.text());
    sent.push(Buffer.from('POST /raw HTTP/1.1\r\ncontent-length: 6\r\n\r\nhonest'));
    const kept = await drain(platform);
    const acknowledged = answers.flatMap(acknowledgedIn).length;
    // The honest one is among them; of the others a quarter usually is.
    if (acknowledged < 2) problems.push('nothing was acknowledged, so that nothing could be compared');
    problems.push(...lies(sent, answers, kept), ...smuggled(sent, kept));
    return {
      counts: { streams, acknowledged, kept: kept.size },
      highest: { 'MiB grown': grown },
      problems,
    };
  },
};

/** One to four requests in a row, each with a body of its own, by length or in chunks. */
function requests(random: Random, name: string): Buffer {
  const all = Array.from({ length: random.integer(1, 4) }, (_, index) => {
    const body = `body ${name}-${index} ${'x'.repeat(random.integer(0, random.next() < 0.05 ? 200_000 : 200))}`;
    const head = `POST ${random.next() < 0.9 ? '/raw' : '/elsewhere'} HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\n`;
    if (random.next() < 0.6) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    const half = random.integer(1, body.length - 1);
    const chunks = [body.slice(0, half), body.slice(half)].map(
      (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
    );
    return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`;
  });
  return Buffer.from(all.join(''), 'latin1');
}

/** Sends a stream in pieces, and then ends its side, cuts the connection, or waits. @returns all that came back */
function exchange(random: Random, port: number, stream: Buffer): Promise<string> {
  const pieces = random.next() < 0.5 ? 1 : random.integer(2, 6);
  const end = random.pick(['wait', 'wait', 'wait', 'half-close', 'cut']);
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const send = async () => {
      for (let piece = 0; piece < pieces; piece++) {
        const size = Math.ceil(stream.length / pieces);
        if (socket.destroyed) return;
        socket.write(stream.subarray(piece * size, (piece + 1) * size));
        if (pieces > 1) await sleep(1);
      }
      if (end === 'cut') socket.resetAndDestroy();
      else if (end === 'half-close') socket.end();
    };
    socket.on('connect', () => void send());
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('error', () => undefined);
    socket.setTimeout(250, () => socket.destroy());
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
  });
}

/** A connection that sends a part of a request and never the rest, and does not read. */
function holdStill(run: Run, port: number): void {
  const part = run.random.pick([
    '',
    'POST /raw HTTP/1.1\r\nHost:',
    'POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc',
  ]);
  const socket = connect(port, '127.0.0.1', () => void socket.write(part));
  socket.pause().on('error', () => undefined);
  run.onEnd(() => void socket.destroy());
}

/** All messages of the queue, by id. */
async function drain({ sqs }: PlatformProcess): Promise<Map<string, Buffer>> {
  const messages = await takeAll(sqs, 'e2e-raw');
  return new Map(messages.map(({ MessageId = '', Body = '' }) => [MessageId, Buffer.from(Body)]));
}

/** Ids of the messages that these answers say are kept. */
function acknowledgedIn(answer: string): string[] {
  return [...answer.matchAll(/<SendMessageResult><MessageId>([^<]+)</g)].map(([, id = '']) => id);
}

/** What was answered with an id must lie in the queue under it, with a body of the stream that was answered. */
function lies(sent: readonly Buffer[], answers: readonly string[], kept: ReadonlyMap<string, Buffer>): string[] {
  return answers.flatMap((answer, index) => {
    const bodies = new Set(readStrictly(sent[index] ?? Buffer.alloc(0)).map(({ body }) => body.toString('utf8')));
    return acknowledgedIn(answer).flatMap((id) => {
      const body = kept.get(id)?.toString('utf8');
      if (body === undefined) return [`acknowledged and not in the queue: ${id}`];
      return bodies.has(body) ? [] : [`acknowledged and kept otherwise than sent: ${id}`];
    });
  });
}

/** Messages that are in no stream, or more often than in the streams. */
function smuggled(sent: readonly Buffer[], kept: ReadonlyMap<string, Buffer>): string[] {
  const expected = new Map<string, number>();
  for (const stream of sent)
    for (const { method, target, body } of readStrictly(stream)) {
      if (method !== 'POST' || !/^(?:http:\/\/[^/?#]*)?\/raw(?:[?#]|$)/.test(target)) continue;
      // A message is text: what is no UTF-8 is kept with replacement characters.
      const key = body.toString('utf8');
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
  const problems: string[] = [];
  for (const body of kept.values()) {
    const key = body.toString('utf8');
    const left = expected.get(key) ?? 0;
    if (left === 0)
      problems.push(`kept, and a strict reader does not find it: ${shown(body)} in ${whence(body, sent)}`);
    else expected.set(key, left - 1);
  }
  return problems;
}

function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 600).toString('latin1'));
}

/** The streams that hold the beginning of a body. */
function whence(body: Buffer, sent: readonly Buffer[]): string {
  return sent
    .filter((stream) => stream.includes(body.subarray(0, 16)))
    .map(shown)
    .join(' and ');
}
