import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from '../lib/connection.ts';

/** What to send: one JSON argument. */
export interface PacedLoad {
  port: number;
  path: string;
  secret: string;
  /** Requests per second, evenly spaced; 0 for as many as 32 connections take. */
  perSecond: number;
  seconds: number;
  bodyBytes: number;
}

export interface PacedResult {
  accepted: number;
  /** Refused by the source's throttle, of which 10,000 per second is the most. */
  throttled: number;
  errors: number;
  /** Milliseconds of the clock that all processes share. */
  startedAt: number;
}

const now = () => performance.timeOrigin + performance.now();

/**
 * Sends pushes that say when they were due to be sent, so that waiting in line behind a slow answer counts too. Prints a
 * {@link PacedResult}.
 */
async function load({ perSecond, seconds, ...what }: PacedLoad): Promise<PacedResult> {
  const result: PacedResult = { accepted: 0, throttled: 0, errors: 0, startedAt: now() };
  const { startedAt } = result;
  const until = startedAt + seconds * 1000;
  let number = 0;
  const dueAt = () => {
    number += 1;
    return perSecond === 0 ? now() : startedAt + (number * 1000) / perSecond;
  };
  const keepSending = async () => {
    const connection = openConnection(what.port);
    for (let due = dueAt(); due < until; due = dueAt()) {
      const early = due - now();
      if (early > 0) await sleep(early);
      const status = await connection.post(push(due, what));
      if (status === 200) result.accepted += 1;
      else if (status === 429) result.throttled += 1;
      else result.errors += 1;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: perSecond === 0 ? 32 : 64 }, keepSending));
  return result;
}

type Push = Pick<PacedLoad, 'path' | 'secret' | 'bodyBytes'>;

function push(sentAt: number, { path, secret, bodyBytes }: Push): Buffer {
  const padding = 'x'.repeat(Math.max(0, bodyBytes - 100));
  const body = JSON.stringify({ ref: 'refs/heads/main', commits: [], sentAt, padding });
  return Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Content-Type: application/json',
      'X-GitHub-Event: push',
      `X-GitHub-Delivery: ${randomUUID()}`,
      `X-Hub-Signature-256: sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  );
}

console.log(JSON.stringify(await load(JSON.parse(process.argv[2] ?? '') as PacedLoad)));
