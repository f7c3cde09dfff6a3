import type { IncomingMessage } from 'node:http';
import { createPieces } from '../http/pieces.ts';
import type { ByteBudget } from './byte-budget.ts';

export interface BodyLimits {
  /** API Gateway's limit: above it the answer is 413. */
  payloadBytes: number;
  /** The queue's limit: a longer body is read to its end, since 413 may still be due, but not kept. */
  queueBytes: number;
}

export type ReadBody =
  | {
      kind: 'whole';
      bytes: Buffer;
      /** Gives the body's share of the budget back; due once the body is no longer held. */
      release(): void;
    }
  /** More than the queue takes. */
  | { kind: 'overQueueLimit' }
  /** More than API Gateway takes; the rest is unread. */
  | { kind: 'overPayloadLimit' }
  /** Too many bodies are held at the moment, or this one took too long while others needed its room; the rest is unread. */
  | { kind: 'overBudget' }
  /** The client went away, sent broken chunks or was too slow; somebody else answers, if anybody. */
  | { kind: 'aborted' };

/** What Content-Length announces; undefined for a chunked body, 0 for none at all. The parser lets only digits through. */
export function announcedBytes(request: IncomingMessage): number | undefined {
  if (request.headers['transfer-encoding'] !== undefined) return undefined;
  return Number(request.headers['content-length'] ?? 0);
}

/** Reads a request's body, holding no more of it than the limits say, with and without a Content-Length. */
export function readBody(request: IncomingMessage, limits: BodyLimits, budget: ByteBudget): Promise<ReadBody> {
  return new Promise((resolve) => {
    const pieces = createPieces();
    let received = 0;
    const release = () => {
      pieces.clear();
      share.close();
    };
    // Of what comes after it nothing counts; to take three listeners off costs more than to let them be called.
    let finished = false;
    const finish = (result: ReadBody) => {
      finished = true;
      if (result.kind !== 'whole') release();
      resolve(result);
    };
    const share = budget.open(() => {
      if (!finished) finish({ kind: 'overBudget' });
    });
    const onData = (chunk: Buffer) => {
      if (finished) return;
      received += chunk.length;
      if (received > limits.payloadBytes) return finish({ kind: 'overPayloadLimit' });
      if (received > limits.queueBytes) return release();
      if (!share.take(chunk.length)) return finish({ kind: 'overBudget' });
      pieces.add(chunk);
    };
    const onEnd = () => {
      if (finished) return;
      if (received > limits.queueBytes) return finish({ kind: 'overQueueLimit' });
      share.complete();
      finish({ kind: 'whole', bytes: pieces.joined(received), release });
    };
    const onClose = () => {
      if (!finished) finish({ kind: 'aborted' });
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}
