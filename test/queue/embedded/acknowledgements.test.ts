import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAcknowledgements, lazyMs } from '../../../src/queue/embedded/acknowledgements.ts';
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
    intake: () => undefined,
    lost: () => undefined,
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
    acknowledgements.committed([{ client: one, seq: 1 }]);
    acknowledgements.committed([{ client: one, seq: 2 }]);
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
    acknowledgements.committed([{ client: one, seq: 1 }]);
    for (const seq of [2, 3]) acknowledgements.committed([{ client: one, seq }]);
    acknowledgements.committed([{ client: other, seq: 1 }]);
    syncs[0]?.resolve();
    await turnOfEvents();
    syncs[1]?.resolve();
    await turnOfEvents();
    expect(syncs).toHaveLength(2);
    expect(one.told).toEqual(['done 1', 'done 2', 'done 3']);
    expect(other.told).toEqual(['done 1']);
  });

  describe('of a commit that nobody waits for', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
    afterEach(() => void vi.useRealTimers());

    test('are needless: it is synced half a second later, once for all', () => {
      const { syncs, sync } = disk();
      const acknowledgements = createAcknowledgements({ sync, settled() {} });
      for (let commits = 0; commits < 3; commits += 1) acknowledgements.committed([]);
      vi.advanceTimersByTime(lazyMs - 1);
      expect(syncs).toEqual([]);
      vi.advanceTimersByTime(10 * lazyMs);
      expect(syncs).toHaveLength(1);
    });

    test('come with the sync of others, if there is one sooner', async () => {
      const { syncs, sync } = disk();
      const acknowledgements = createAcknowledgements({ sync, settled() {} });
      acknowledgements.committed([]);
      acknowledgements.committed([{ client: client(), seq: 1 }]);
      syncs[0]?.resolve();
      await turnOfEvents();
      vi.advanceTimersByTime(10 * lazyMs);
      expect(syncs).toHaveLength(1);
    });

    test('are due again when it was made during a sync, which may not cover it', async () => {
      const { syncs, sync } = disk();
      const acknowledgements = createAcknowledgements({ sync, settled() {} });
      acknowledgements.committed([{ client: client(), seq: 1 }]);
      acknowledgements.committed([]);
      vi.advanceTimersByTime(lazyMs);
      expect(syncs).toHaveLength(1);
      syncs[0]?.resolve();
      await turnOfEvents();
      expect(syncs).toHaveLength(2);
    });

    test('stay out once it was stopped', () => {
      const { syncs, sync } = disk();
      const acknowledgements = createAcknowledgements({ sync, settled() {} });
      acknowledgements.committed([]);
      acknowledgements.stop();
      vi.advanceTimersByTime(10 * lazyMs);
      expect(syncs).toEqual([]);
    });
  });

  test('become failures when the sync fails, also for what came meanwhile, and the error is thrown', async () => {
    const { syncs, sync } = disk();
    const [one, other] = [client(), client()];
    const thrown = Promise.withResolvers<unknown>();
    const acknowledgements = createAcknowledgements({ sync, settled() {}, broken: thrown.resolve });
    acknowledgements.committed([{ client: one, seq: 1 }]);
    acknowledgements.committed([{ client: other, seq: 2 }]);
    syncs[0]?.reject(new Error('EIO'));
    expect(await thrown.promise).toEqual(new Error('EIO'));
    expect(one.told).toEqual(['failed 1: Error: EIO']);
    expect(other.told).toEqual(['failed 2: Error: EIO']);
  });

  test('are refused after a sync that failed', async () => {
    const { syncs, sync } = disk();
    const one = client();
    const acknowledgements = createAcknowledgements({ sync, settled() {}, broken() {} });
    acknowledgements.committed([{ client: one, seq: 1 }]);
    syncs[0]?.reject(new Error('EIO'));
    await turnOfEvents();
    acknowledgements.committed([{ client: one, seq: 2 }]);
    await turnOfEvents();
    expect(syncs).toHaveLength(1);
    expect(one.told).toEqual(['failed 1: Error: EIO', 'failed 2: Error: EIO']);
  });
});
