import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createByteBudget } from '../../../src/local/gateway/byte-budget.ts';
import { readBody } from '../../../src/local/gateway/read-body.ts';
import { heapUsed } from '../http/heap-used.ts';

const limits = { payloadBytes: 10 * 2 ** 20, queueBytes: 2 ** 20 };

test('a body in a great many short chunks takes little more memory than its bytes', async () => {
  const request = new EventEmitter();
  const before = heapUsed();
  const reading = readBody(request as IncomingMessage, limits, createByteBudget(2 ** 20));
  const count = 300_000;
  for (let at = 0; at < count; at++) request.emit('data', Buffer.from([at % 251]));
  expect((heapUsed() - before) / 2 ** 20).toBeLessThan(4);
  request.emit('end');
  const body = await reading;
  const sent = Buffer.from(Array.from({ length: count }, (_, at) => at % 251));
  expect(body.kind === 'whole' && body.bytes.equals(sent)).toBe(true);
});

test('chunks of all lengths become the body that they were', async () => {
  for (const lengths of [
    [],
    [5],
    [70_000],
    [1, 2, 3],
    [16_384, 16_384, 1],
    [1, 16_385, 1, 16_384, 16_383, 2, 70_000, 9],
  ]) {
    const request = new EventEmitter();
    const reading = readBody(request as IncomingMessage, limits, createByteBudget(2 ** 20));
    const chunks = lengths.map((length, index) => Buffer.alloc(length, index + 1));
    for (const chunk of chunks) request.emit('data', chunk);
    request.emit('end');
    const body = await reading;
    expect(body.kind === 'whole' && body.bytes.equals(Buffer.concat(chunks))).toBe(true);
  }
});

test('a body that comes no further is given up for one that has no room: some slow clients do not keep all others out', async () => {
  let now = 0;
  const budget = createByteBudget(1000, () => now);
  const [stalled, next] = [new EventEmitter(), new EventEmitter()];
  const first = readBody(stalled as IncomingMessage, limits, budget);
  stalled.emit('data', Buffer.alloc(900));
  now = 10_000;
  const second = readBody(next as IncomingMessage, limits, budget);
  next.emit('data', Buffer.alloc(200));
  next.emit('end');
  expect(await second).toMatchObject({ kind: 'whole' });
  stalled.emit('data', Buffer.alloc(900));
  stalled.emit('end');
  expect(await first).toEqual({ kind: 'overBudget' });
});
