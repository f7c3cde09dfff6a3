import { type Clock, monotonicClock } from './clock.ts';

/** What differs by more, from one look to the next, was set by somebody, or the machine slept. */
const jumpMs = 1000;

/**
 * The time of day at its start, going on evenly: small corrections are followed, never backwards; a jump of the time of
 * day is not. Visibility timeouts, delays and retention are durations: a clock that is set a day back must not hide what
 * waits for a day, and one that is set a year ahead must not make everything expire.
 *
 * @returns a clock of whole milliseconds
 */
export function createSteadyClock(timeOfDay: Clock, monotonic: Clock = monotonicClock): Clock {
  let last = timeOfDay();
  let lookedAt = monotonic();
  return () => {
    const at = monotonic();
    const expected = last + at - lookedAt;
    const now = timeOfDay();
    last = Math.abs(now - expected) <= jumpMs ? Math.max(now, last) : expected;
    lookedAt = at;
    return Math.floor(last);
  };
}

/**
 * What a message's `sentAt` becomes: where the time of day is ahead of a steady clock it counts, since nothing may seem to
 * have arrived after it was sent.
 */
export function createSendClock(timeOfDay: Clock, steady: Clock = createSteadyClock(timeOfDay)): Clock {
  return () => Math.max(steady(), timeOfDay());
}
