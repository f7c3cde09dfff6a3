/** Tells the time in epoch milliseconds. Passed in, so that tests need no real time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** Milliseconds that pass evenly, from no time of day: for durations, which must stay right when somebody sets the clock. */
export const monotonicClock: Clock = () => performance.now();
