import { describe, expect, test } from 'vitest';
import { messageBytes, refusalOf } from '../../../src/queue/message-rules.ts';
import type { OutgoingMessage } from '../../../src/queue/queue.ts';
import { gateway, maxMessageBytes, memoryQueue, post } from './harness.ts';

/** A gateway over a queue that refuses what SQS refuses, the sizes of attributes counted. */
async function start() {
  const kept: OutgoingMessage[] = [];
  const queue = (name: string) => {
    const memory = memoryQueue(name, kept);
    const send: typeof memory.send = async (message) => refusalOf(message, maxMessageBytes) ?? memory.send(message);
    return { ...memory, send };
  };
  return { ...(await gateway({ queue })), kept };
}

/** The same request in chunks of 64 KiB. */
function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = [
    Buffer.from('POST /github HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n'),
  ];
  for (let at = 0; at < body.length; at += 65_536) {
    const chunk = body.subarray(at, at + 65_536);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

const framings: Record<string, (body: Buffer) => Buffer> = {
  'a length': (body) => post('/github', {}, body),
  chunks: chunked,
};

const mebibyte = 1024 * 1024;
const around = (limit: number) => [limit - 1, limit, limit + 1];

describe.each(Object.entries(framings))('a body with %s', (_name, frame) => {
  test('is answered as its size asks for, from nothing to 11 MB, and kept only with a 200', async () => {
    const { raw, kept } = await start();
    await raw(frame(Buffer.from('a')));
    // What the attributes leave of the queue's limit.
    const largest = maxMessageBytes - (messageBytes(kept.pop()!) - 1);
    const answerTo = (size: number) => {
      if (size === 0) return '400 MissingParameter';
      if (size > 10 * mebibyte) return '413';
      return size > largest ? '400 InvalidParameterValue' : '200';
    };
    const limits = [largest, maxMessageBytes, mebibyte, 10_000_000, 10 * mebibyte].flatMap(around);
    for (const size of [0, 1, 2, 65_535, 65_536, ...limits, 11_000_000]) {
      const answer = await raw(frame(Buffer.alloc(size, 'a')));
      const [, status, code] = /^HTTP\/1\.1 (\d+)[^]*?(?:<Code>(\w+)<\/Code>|$)/.exec(answer) ?? [];
      expect([size, [status, code].filter(Boolean).join(' ')]).toEqual([size, answerTo(size)]);
      expect(kept.splice(0).map(({ body }) => body.length)).toEqual(answerTo(size) === '200' ? [size] : []);
    }
  });
});
