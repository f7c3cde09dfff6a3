import { createHmac } from 'node:crypto';
import type { HmacScheme, MessagePart } from '../../src/signature/scheme.ts';
import type { SignedRequest } from '../../src/signature/types.ts';

export const secret = 'a secret that both sides know';
export const arrival = 1_793_722_805_000;

/** `sha256=` and the hex HMAC of the body. */
export const plain: HmacScheme = {
  scheme: 'hmac',
  hash: 'sha256',
  key: 'utf8',
  signature: { header: 'x-signature', prefix: 'sha256=', encoding: 'hex' },
  message: [{ part: 'body' }],
};

/** `t=…,v1=…` over `t.body`. */
export const stamped: HmacScheme = {
  ...plain,
  signature: { header: 'x-signature', pairs: { separator: ',', key: 'v1' }, encoding: 'hex' },
  timestamp: { from: { pair: 't' }, unit: 'seconds', toleranceSeconds: 300 },
  message: [{ part: 'timestamp' }, '.', { part: 'body' }],
};

/** The HMAC as node:crypto gives it: nothing here goes through the code under test. */
export function mac(message: string | Uint8Array, key: string | Uint8Array = secret): string {
  return createHmac('sha256', key).update(message).digest('hex');
}

export function request(headers: SignedRequest['headers'], body: string | Uint8Array = 'hello'): SignedRequest {
  return { headers, body: Buffer.from(body), receivedAt: arrival };
}

/** A scheme like `plain` over other content. */
export function over(...message: MessagePart[]): HmacScheme {
  return { ...plain, message };
}
