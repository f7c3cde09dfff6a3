import { afterEach, describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import {
  bodyWith,
  canSign,
  genuine,
  type Subject,
  subjectsOf,
  verdictOn,
} from '../../src/catalogue/contract/subject.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { toDelivery } from '../../src/delivery/to-delivery.ts';

/** Payloads that are genuine, since the secret leaked or the provider passes on what its users write, and mean harm. */
const payloads: Readonly<Record<string, string>> = {
  '__proto__ with a property': '{"__proto__":{"polluted":true},"id":"1"}',
  'constructor.prototype': '{"constructor":{"prototype":{"polluted":true}},"id":"1"}',
  '__proto__ at every level':
    '{"event":{"__proto__":{"polluted":true}},"data":{"__proto__":{"polluted":true}},"__proto__":null}',
  '__proto__ twice': '{"__proto__":{"a":1},"__proto__":{"polluted":true}}',
  'names of methods': '{"toString":1,"valueOf":null,"hasOwnProperty":"x","toJSON":1,"then":"x","length":-1}',
  'a list where an object is expected': '[{"__proto__":{"polluted":true}}]',
  'text where an object is expected': '"__proto__"',
  'a thousand levels': `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`,
  'a number without end': `{"id":${'9'.repeat(5000)}}`,
};
const forms = [
  '__proto__=polluted&constructor=polluted&toString=1',
  '__proto__[polluted]=true&constructor[prototype][polluted]=true',
  '__proto__=a&__proto__=b',
];

afterEach(() => {
  if (Object.keys(Object.prototype).length > 0) throw new Error('a prototype was changed');
});

const subjects: Subject[] = (
  await Promise.all(
    catalogue.ids().map(async (id) => subjectsOf(catalogue.get(id)!, (await (await loadGuide(id))?.samples()) ?? [])),
  )
).flat();

/** What a handler sees of a body: all that is looked up in it, and the payload. */
function look({ provider }: Subject, headers: Record<string, string>, body: Uint8Array) {
  const identity = identify(provider, { headers, body });
  const delivery = toDelivery(
    {
      ...identity,
      id: identity.deliveryId,
      source: 's',
      provider: provider.id,
      receivedAt: 0,
      headers,
      body,
      attempt: 1,
      suspectedReplay: false,
    },
    provider,
  );
  return { identity, delivery };
}

describe.each(subjects.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
  it.each(Object.entries(payloads))('looks into %s and changes no prototype', async (_what, text) => {
    const body = Buffer.from(text);
    const { identity, delivery } = look(subject, { 'content-type': 'application/json' }, body);
    expect(typeof identity.deliveryId).toBe('string');
    expect(['string', 'undefined']).toContain(typeof identity.eventType);
    // Own properties alone: nothing is inherited from what was sent.
    const { payload } = delivery;
    expect((payload as Record<string, unknown>)['polluted']).toBeUndefined();
    const prototype: unknown = Object.getPrototypeOf(payload);
    expect([Object.prototype, Array.prototype, String.prototype]).toContain(prototype);
  });

  it('reads forms with such names, and verifies such a body like any other', async () => {
    for (const text of forms) {
      const { delivery } = look(subject, { 'content-type': 'application/x-www-form-urlencoded' }, Buffer.from(text));
      // A provider whose forms carry JSON in one field has no payload here.
      expect(['a plain object', 'SyntaxError']).toContain(kindOf(() => delivery.payload));
    }
    if (!canSign(subject)) return;
    const bodies = Object.values(payloads).map((text) => bodyWith(subject, Buffer.from(text)));
    // A provider's own library may not sign every body.
    const requests = await Promise.all(bodies.map((body) => genuine(subject, body).catch(() => undefined)));
    const verdicts = requests.flatMap((request) => (request ? [verdictOn(subject, request)] : []));
    expect((await Promise.all(verdicts)).filter(({ ok }) => !ok)).toEqual([]);
  });
});

function kindOf(read: () => unknown): string {
  try {
    return Object.getPrototypeOf(read()) === Object.prototype ? 'a plain object' : 'something else';
  } catch (error) {
    return error instanceof Error ? error.name : 'not an error';
  }
}
