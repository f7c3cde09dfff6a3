import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createAcknowledgements } from '../../../src/queue/embedded/acknowledgements.ts';
import type { ClientPort } from '../../../src/queue/embedded/client-port.ts';

/** A client that notes what it is told, each time it is told anything. */
function client(): ClientPort & { told: string[] } {
  let unsent: string[] = [];
  const told: string[] = [];
  return {
    told,
    port: undefined as never,
    done: (seq) => void unsent.push(`done ${seq}`),
    value: (seq) => void unsent.push(`value ${seq}`),
    failed: (seq, error) => void unsent.push(`failed ${seq}: ${String(error)}`),
    flush() {
      told.push(...unsent);
      unsent = [];
    },
  };
}

/** A disk that ends a sync only when told. */
function disk() {
  const syncs: PromiseWithResolvers<void>[] = [];
  return {
    syncs,
    sync: () => {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      return sync.promise;
    },
  };
}

describe('acknowledgements', () => {
  test('come only once the sync that began after the commit has ended', async () => {
    const { syncs, sync } = disk();
    const one = client();
    const acknowledgements = createAcknowledgements({ sync, settled() {} });
    acknowledgements.add([{ client: one, seq: 1 }]);
    acknowledgements.add([{ client: one, seq: 2 }]);
    await turnOfEvents();
    expect(syncs).toHaveLength(1);
    expect(one.told).toEqual([]);

    syncs[0]?.resolve();
    await turnOfEvents();
    expect(one.told).toEqual(['done 1']);
    expect(syncs).toHaveLength(2);
    expect(acknowledgements.idle).toBe(false);

    syncs[1]?.resolve();
    await turnOfEvents();
    expect(one.told).toEqual(['done 1', 'done 2']);
    expect(acknowledgements.idle).toBe(true);
  });

  test('of what is committed while the disk works share the next sync', async () => {
    const { syncs, sync } = disk();
    const [one, other] = [client(), client()];
    const acknowledgements = createAcknowledgements({ sync, settled() {} });
    acknowledgements.add([{ client: one, seq: 1 }]);
    for (const seq of [2, 3]) acknowledgements.add([{ client: one, seq }]);
    acknowledgements.add([{ client: other, seq: 1 }]);
    syncs[0]?.resolve();
    await turnOfEvents();
    syncs[1]?.resolve();
    await turnOfEvents();
    expect(syncs).toHaveLength(2);
    expect(one.told).toEqual(['done 1', 'done 2', 'done 3']);
    expect(other.told).toEqual(['done 1']);
  });

  test('sync nothing when nobody waits', async () => {
    const { syncs, sync } = disk();
    createAcknowledgements({ sync, settled() {} }).add([]);
    await turnOfEvents();
    expect(syncs).toEqual([]);
  });

  test('become failures when the sync fails, also for what came meanwhile, and the error is thrown', async () => {
    const { syncs, sync } = disk();
    const [one, other] = [client(), client()];
    const thrown = Promise.withResolvers<unknown>();
    const acknowledgements = createAcknowledgements({ sync, settled() {}, broken: thrown.resolve });
    acknowledgements.add([{ client: one, seq: 1 }]);
    acknowledgements.add([{ client: other, seq: 2 }]);
    syncs[0]?.reject(new Error('EIO'));
    expect(await thrown.promise).toEqual(new Error('EIO'));
    expect(one.told).toEqual(['failed 1: Error: EIO']);
    expect(other.told).toEqual(['failed 2: Error: EIO']);
  });

  test('are refused after a sync that failed', async () => {
    const { syncs, sync } = disk();
    const one = client();
    const acknowledgements = createAcknowledgements({ sync, settled() {}, broken() {} });
    acknowledgements.add([{ client: one, seq: 1 }]);
    syncs[0]?.reject(new Error('EIO'));
    await turnOfEvents();
    acknowledgements.add([{ client: one, seq: 2 }]);
    await turnOfEvents();
    expect(syncs).toHaveLength(1);
    expect(one.told).toEqual(['failed 1: Error: EIO', 'failed 2: Error: EIO']);
  });
});
