import { identify } from '../../catalogue/identify.ts';
import { genuine } from './genuine.ts';
import type { HostileMode, HostileRequest } from './mode.ts';

const ages = [0, 1, 2];

/** Deliveries overtake each other: no order is promised, and none may be lost for it. */
export const reorder: HostileMode = {
  description: 'send three, the newest first',
  async make(sender, sample) {
    const requests: HostileRequest[] = [];
    const seen = new Set<string>();
    for (const age of ages) {
      const { headers, query, body } = await genuine(sender, sample, sender.now - age * 1000);
      const id = identify(sender.provider, { headers, query, body }).deliveryId;
      // A provider that sends no id sends the same content for the same event, and no two events are told apart.
      const kind = sender.deduplicates && seen.has(id) ? 'duplicate' : 'taken';
      seen.add(id);
      const what = age === 0 ? 'the newest, first' : `one that is ${age} s older`;
      requests.push({ headers, query, body, what, expected: { kind } });
    }
    return requests;
  },
};
