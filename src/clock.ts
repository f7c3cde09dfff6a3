/** Tells the time in epoch milliseconds. Passed in, so that tests need no real time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
