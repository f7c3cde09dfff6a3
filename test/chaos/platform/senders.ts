import { postGithub } from '../../e2e/github-request.ts';
import type { Random } from '../random.ts';

export const secret = 'a secret of the chaos suite';

export interface SenderOptions {
  gateway: string;
  random: Random;
  connections: number;
  /** Starts each id. */
  prefix: string;
  /** @default /github */
  path?: string;
  /** Signs with this instead of the source's secret; a function is asked for each. */
  signedWith?: string | (() => string);
  /** No more than so many in all. @default no end */
  limit?: number;
  /** Told of each id as soon as it was acknowledged. @default nobody */
  note?: (id: string) => void;
}

export interface Senders {
  /** The ids of deliveries that got a 2xx, as they come in. */
  readonly acknowledged: readonly string[];
  /** Requests that were answered otherwise, by status. Requests that got no answer at all are not counted. */
  readonly refused: ReadonlyMap<number, number>;
  /** Resolves when each connection has met a server that is gone, or the limit was reached. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
  /** Resolves when so many were acknowledged, or the senders ended before. */
  until(acknowledged: number): Promise<void>;
}

/** Signed GitHub deliveries, one after the other on each connection, until the server is gone. */
export function startSenders(options: SenderOptions): Senders {
  const { gateway, random, connections, prefix, signedWith = secret, limit = Infinity } = options;
  const acknowledged: string[] = [];
  const refused = new Map<number, number>();
  const waiting: { count: number; resolve(): void }[] = [];
  const stopping = new AbortController();
  let started = 0;

  const sendOn = async () => {
    while (!stopping.signal.aborted && started < limit) {
      const id = `${prefix}-${started++}`;
      const body = JSON.stringify({ id, padding: 'x'.repeat(sizeOf(random)) });
      const status = await postGithub(gateway, typeof signedWith === 'string' ? signedWith : signedWith(), {
        event: 'push',
        id,
        body,
        ...(options.path !== undefined && { path: options.path }),
      }).catch(() => 0);
      if (status === 0) return;
      if (status === 200) {
        acknowledged.push(id);
        options.note?.(id);
      } else refused.set(status, (refused.get(status) ?? 0) + 1);
      for (const each of waiting) if (acknowledged.length >= each.count) each.resolve();
    }
  };
  const sendOnAll = async () => {
    await Promise.all(Array.from({ length: connections }, sendOn));
    for (const each of waiting) each.resolve();
  };
  const ended = sendOnAll();

  return {
    acknowledged,
    refused,
    ended,
    stop: () => {
      stopping.abort();
      return ended;
    },
    until(count) {
      if (acknowledged.length >= count) return Promise.resolve();
      return new Promise((resolve) => void waiting.push({ count, resolve }));
    },
  };
}

/** Mostly small, as webhooks are; some span several pages of the database. */
function sizeOf(random: Random): number {
  return random.next() < 0.9 ? random.integer(0, 4_000) : random.integer(4_000, 120_000);
}
