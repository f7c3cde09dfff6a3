import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/units.ts';

/** Reads an option's time, which may be a duration before now. @returns ISO 8601 @throws InvalidArgumentError */
export function toTime(text: string): string {
  const seconds = parseDuration(text);
  const before = new Date(Date.now() - (seconds ?? 0) * 1000);
  // A date has an end, some 270,000 years ago.
  if (seconds !== undefined && !Number.isNaN(before.getTime())) return before.toISOString();
  const [, date] = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (date !== undefined && isInCalendar(date) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('a time is 30m, 2h, 7d, or ISO 8601 such as 2026-01-31T08:00:00Z.');
}

/** `Date` takes February 30 for March 2. */
function isInCalendar(date: string): boolean {
  const day = new Date(date);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
