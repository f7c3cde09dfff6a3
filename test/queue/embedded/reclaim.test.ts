import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { segmentBytes, startOfSegment } from '../../../src/queue/embedded/intake/segments.ts';
import type { Job } from '../../../src/queue/embedded/jobs.ts';
import { createReclaim } from '../../../src/queue/embedded/reclaim.ts';

// On a busy machine a look may take so long that the next is not due when a test asks for it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log whose segments are used so much, in bytes; runs a job to its end as the engine does. */
function setUp(uses: Record<number, number>, add = runToEnd) {
  const segments = Object.keys(uses).map(Number);
  const freed: number[] = [];
  const state = { full: false, unreadable: false, syncs: 0, lookMs: 0, stepsToEmpty: 0 };
  const reclaim = createReclaim({
    log: {
      segments() {
        if (state.unreadable) throw new Error('EMFILE: too many open files, scandir');
        return segments.filter((segment) => !freed.includes(segment));
      },
      free: (segment) => void freed.push(segment),
    },
    space: {
      inUse: () => [],
      used(segment) {
        if (state.lookMs > 0) vi.advanceTimersByTime(state.lookMs);
        return uses[segment] ?? 0;
      },
      bringIn: () => undefined,
      bringInSome(segment) {
        if (state.full) throw new Error('database or disk is full');
        if (state.stepsToEmpty-- > 0) return startOfSegment(segment) + 1;
        uses[segment] = 0;
        return undefined;
      },
    },
    position: () => startOfSegment(100),
    add,
    sync: () => void (state.syncs += 1),
    prepareNext: () => undefined,
  });
  return { reclaim, freed, state };
}

function runToEnd(job: Job): void {
  try {
    for (let done = false; !done;) {
      const step = job.step(0);
      step.committed?.();
      ({ done } = step);
    }
  } catch (error) {
    job.failed(error);
  }
}

const few = segmentBytes / 4;

test('segments that nobody needs are given back by a database that takes nothing more: it may be what makes room', () => {
  const { reclaim, freed, state } = setUp({ 1: few, 2: 0, 3: few, 4: 0, 5: few + 1 });
  state.full = true;
  reclaim.look();
  expect(state.syncs).toBe(1);
  reclaim.syncs()();
  expect(freed).toEqual([2, 4]);
  state.full = false;
  reclaim.look();
  reclaim.syncs()();
  expect(freed).toEqual([2, 4, 1, 3]);
});

test('segments that nobody needs any more are given back while others are being emptied', () => {
  const uses: Record<number, number> = { 1: few, 2: few + 1, 3: few };
  const jobs: Job[] = [];
  const { reclaim, freed, state } = setUp(uses, (job) => void jobs.push(job));
  /** One step of each job that waits, as the engine's turns do. */
  const turn = () => {
    for (const job of jobs.splice(0)) {
      const step = job.step(0);
      step.committed?.();
      if (!step.done) jobs.push(job);
    }
    reclaim.syncs()();
  };
  state.stepsToEmpty = 1000;
  reclaim.look();
  for (let turns = 0; turns < 10; turns++) turn();
  uses[2] = 0;
  reclaim.look();
  for (let turns = 0; turns < 10; turns++) turn();
  expect(freed).toEqual([2]);
  expect(jobs).toHaveLength(1);
  state.stepsToEmpty = 0;
  for (let turns = 0; turns < 10; turns++) turn();
  expect(freed).toEqual([2, 1, 3]);
  expect(jobs).toEqual([]);
});

test('segments are given back only by a sync that began after the look had found them', () => {
  const { reclaim, freed } = setUp({ 1: 0 });
  const before = reclaim.syncs();
  reclaim.look();
  before();
  expect(freed).toEqual([]);
  reclaim.syncs()();
  expect(freed).toEqual([1]);
});

test('a folder that cannot be read for a moment is looked at again', () => {
  const { reclaim, freed, state } = setUp({ 1: 0 });
  state.unreadable = true;
  reclaim.look();
  state.unreadable = false;
  reclaim.look();
  reclaim.syncs()();
  expect(freed).toEqual([1]);
});

test('a backlog of so many messages that to look through it takes long is looked through less often', () => {
  const uses = { 1: few + 1, 2: few + 1 };
  const { reclaim, freed, state } = setUp(uses);
  state.lookMs = 500;
  reclaim.look();
  uses[1] = 0;
  vi.advanceTimersByTime(19_999);
  reclaim.look();
  reclaim.syncs()();
  expect(freed).toEqual([]);
  vi.advanceTimersByTime(1);
  reclaim.look();
  reclaim.syncs()();
  expect(freed).toEqual([1]);
});
