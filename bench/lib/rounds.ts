/** The contenders as they take their turns in a round: each begins once, so that none always follows the same one. */
export function inTurn<T>(contenders: readonly T[], round: number): T[] {
  const first = round % contenders.length;
  return [...contenders.slice(first), ...contenders.slice(0, first)];
}
