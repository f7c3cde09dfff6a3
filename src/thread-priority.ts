import { setPriority } from 'node:os';

/** As `nice` counts: a third of the share of what runs at 0, and later than it when both could. */
const niceness = 5;

/**
 * Lets the thread that accepts go first where there are fewer processors than threads that have work: what is kept waits
 * without harm, and its sender does not. To be called in a thread's entry; threads that it starts inherit it.
 *
 * On Linux a niceness is of the calling thread, elsewhere of the whole process, so that it is left as it is there.
 * https://man7.org/linux/man-pages/man2/setpriority.2.html (C library/kernel differences)
 */
export function giveWayToAccepting(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(niceness);
  } catch {
    // A sandbox may forbid it; everything works without.
  }
}
