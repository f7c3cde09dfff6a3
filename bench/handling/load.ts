import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What to send: one JSON argument. */
export interface PacedLoad {
  url: string;
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
  endedAt: number;
}

const now = () => performance.timeOrigin + performance.now();

/**
 * Sends pushes that say when they were due to be sent, so that waiting in line behind a slow answer counts too. Prints a
 * {@link PacedResult}.
 */
async function load({ url, secret, perSecond, seconds, bodyBytes }: PacedLoad): Promise<PacedResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const padding = 'x'.repeat(Math.max(0, bodyBytes - 100));
  const result: PacedResult = { accepted: 0, throttled: 0, errors: 0, startedAt: now(), endedAt: 0 };
  let number = 0;
  const send = (dueAt: number) =>
    new Promise<void>((resolve) => {
      const body = JSON.stringify({ ref: 'refs/heads/main', commits: [], sentAt: dueAt, padding });
      number += 1;
      const headers = {
        'content-type': 'application/json',
        'content-length': body.length,
        'x-github-event': 'push',
        'x-github-delivery': `bench-${process.pid}-${number}`,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      };
      const sent = request(url, { agent, method: 'POST', headers }, (response) => {
        response.resume().once('end', () => {
          if (response.statusCode === 200) result.accepted += 1;
          else if (response.statusCode === 429) result.throttled += 1;
          else result.errors += 1;
          resolve();
        });
      });
      sent.once('error', () => {
        result.errors += 1;
        resolve();
      });
      sent.end(body);
    });

  const until = result.startedAt + seconds * 1000;
  if (perSecond === 0) {
    const loop = async () => {
      while (now() < until) await send(now());
    };
    await Promise.all(Array.from({ length: 32 }, loop));
  } else {
    const open = new Set<Promise<void>>();
    const total = Math.round(perSecond * seconds);
    for (let index = 0; index < total;) {
      const due = Math.min(total, Math.floor(((now() - result.startedAt) / 1000) * perSecond) + 1);
      for (; index < due; index += 1) {
        const one = send(result.startedAt + (index * 1000) / perSecond);
        open.add(one);
        void one.finally(() => open.delete(one));
      }
      await sleep(1);
    }
    await Promise.all(open);
  }
  result.endedAt = now();
  agent.destroy();
  return result;
}

console.log(JSON.stringify(await load(JSON.parse(process.argv[2] ?? '') as PacedLoad)));
