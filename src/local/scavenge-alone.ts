import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/**
 * Has each thread collect its young objects by itself, for the whole process, where the machine has four processors or fewer.
 *
 * V8 shares a scavenge with helper threads and waits for them; where gateway, queue, journal and handlers keep all processors busy
 * a helper waits for one, and the thread that waits for it stands still meanwhile. `bench/handling` on two: half of the deliveries
 * arrive in three quarters of the time, with a tenth less of processor time for each.
 *
 * @param processors how many the machine has
 */
export function scavengeAlone(processors = availableParallelism()): void {
  if (processors <= 4) setFlagsFromString('--no-parallel-scavenge');
}
