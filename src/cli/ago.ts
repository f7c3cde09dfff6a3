/** How long ago a time in ISO 8601 was, such as `90s` or `3h`; `-` for none. */
export function ago(time: string | null | undefined, now: number = Date.now()): string {
  if (time === null || time === undefined) return '-';
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}
