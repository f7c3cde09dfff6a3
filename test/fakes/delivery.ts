import type { VerifiedDelivery } from '../../src/delivery/delivery.ts';

/** A verified delivery of GitHub's, as a pipeline hands it over. */
export function verifiedDelivery(change: Partial<VerifiedDelivery> = {}): VerifiedDelivery {
  return {
    source: 'github',
    provider: 'github',
    id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    idSigned: false,
    eventType: 'push',
    receivedAt: 1_700_000_000_123,
    headers: { 'content-type': 'application/json', 'x-github-event': 'push' },
    body: Buffer.from('{"a": "ä" }\n'),
    attempt: 1,
    suspectedReplay: false,
    ...change,
  };
}
