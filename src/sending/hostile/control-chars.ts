import { genuine } from './genuine.ts';
import type { HostileMode } from './mode.ts';

/** One of each kind that a message of SQS must not hold, and bytes that are no text at all. */
const refused = { NUL: [0x00], ESC: [0x1b], 'U+FFFE': [0xef, 0xbf, 0xbe], 'a byte that is not UTF-8': [0xff] };

/** Characters that a queue would change or refuse: kept silently, they would break the signature for ever. */
export const controlChars: HostileMode = {
  description: 'put characters into the body that no queue message can hold',
  async make(sender, sample) {
    const { headers, query, body } = await genuine(sender, sample);
    return Object.entries(refused).map(([name, bytes]) => ({
      headers,
      query,
      body: Buffer.concat([body, Buffer.from(bytes)]),
      what: `${name} in the body`,
      expected: { kind: 'refused' },
    }));
  },
};
