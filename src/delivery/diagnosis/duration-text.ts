/** A duration in its largest whole unit, for people: `45 s`, `6 h`, `3 days`. */
export function durationText(seconds: number): string {
  const units = [
    [172_800, 86_400, 'days'],
    [7200, 3600, 'h'],
    [120, 60, 'min'],
  ] as const;
  for (const [from, size, unit] of units) if (seconds >= from) return `${Math.round(seconds / size)} ${unit}`;
  return `${Math.round(seconds)} s`;
}
