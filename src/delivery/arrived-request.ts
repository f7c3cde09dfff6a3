import type { MessageAttribute } from '../queue/queue.ts';
import type { QueryParameters } from '../signature/query.ts';
import type { Body } from '../signature/text.ts';
import type { Outcome } from './outcome.ts';

/** A request as it arrived at the endpoint, taken out of its queue message. Nothing in it is verified yet. */
export interface ArrivedRequest {
  /** API Gateway's request id: the same across retries and redrives of this message. */
  requestId: string;
  /** Epoch milliseconds at the endpoint. */
  receivedAt: number;
  sourceIp: string;
  /** By lower-case name; a header that was absent or empty is not in it. */
  headers: Readonly<Record<string, string>>;
  /**
   * By case-sensitive name, percent-decoded or not; one that was absent or empty is not in it. Undefined where the
   * mapping has no query parameters.
   */
  query?: QueryParameters | undefined;
  body: Body;
  /** Its message has what the source's provider of now does not list: it was written for another one. */
  foreign?: true;
}

export type Rejected = Extract<Outcome, { kind: 'rejected' }>;

export type Decoded = { ok: true; request: ArrivedRequest } | { ok: false; outcome: Rejected };

export function notDecoded(reason: Rejected['reason'], detail: string): Decoded {
  return { ok: false, outcome: { kind: 'rejected', reason, detail } };
}

export function textOf(attribute: MessageAttribute | undefined): string | undefined {
  return attribute?.dataType === 'String' ? attribute.stringValue : undefined;
}

/** How far the endpoint's clock may run ahead of the queue's. */
export const clockSkewMs = 5 * 60_000;
