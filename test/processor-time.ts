/**
 * Starts a clock of this process's processor time, which does not run faster where other processes keep the machine busy.
 *
 * @returns a function that tells the milliseconds since
 */
export function processorClock(): () => number {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
}
