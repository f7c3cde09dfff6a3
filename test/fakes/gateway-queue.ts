import { isUtf8 } from 'node:buffer';
import type { GatewayQueue } from '../../src/local/gateway/integration.ts';
import type { MessageAttributes, Queue } from '../../src/queue/queue.ts';

/** Any queue as the gateway sends to it: the bytes as text, refused where they are none, as SQS does. */
export function asGatewayQueue(queue: Pick<Queue, 'name' | 'send'>): GatewayQueue {
  return {
    name: queue.name,
    sendBytes: async (body, { json }) =>
      isUtf8(body)
        ? queue.send({ body: body.toString('utf8'), attributes: JSON.parse(json) as MessageAttributes })
        : { ok: false, code: 'InvalidMessageContents', message: 'not UTF-8' },
  };
}
