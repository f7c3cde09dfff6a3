import { genuine } from './genuine.ts';
import type { HostileMode } from './mode.ts';

/** A body that no queue takes: whoever sent it must be told, for nobody will see it. */
export const oversize: HostileMode = {
  description: 'send a body that is larger than the queue takes',
  async make(sender, sample) {
    const { headers, query, body } = await genuine(sender, sample);
    const padded = Buffer.alloc(sender.maxMessageBytes + 1, ' ');
    padded.set(body.subarray(0, padded.length));
    const what = `${padded.length} bytes, one more than the queue takes`;
    return [{ headers, query, body: padded, what, expected: { kind: 'refused' } }];
  },
};
