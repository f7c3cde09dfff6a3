import type { Delivery } from 'hookport';

/** What a sensor posts. */
export interface Reading {
  sensor: string;
  kind: string;
  at: Date;
  value: number;
}

const name = /^[\w.:-]{1,64}$/;
// RFC 3339, of which JavaScript's own parser takes more than PostgreSQL does.
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/**
 * Checks a reading so strictly that PostgreSQL refuses none: one bad value would fail all of its batch. Says what is wrong
 * without quoting it.
 */
export function toReading(delivery: Delivery): { ok: true; value: Reading } | { ok: false; problem: string } {
  const { sensor, kind, at, value } = fieldsOf(delivery);
  if (typeof sensor !== 'string' || !name.test(sensor)) return { ok: false, problem: 'sensor is not a name' };
  if (typeof kind !== 'string' || !name.test(kind)) return { ok: false, problem: 'kind is not a name' };
  if (typeof value !== 'number' || !Number.isFinite(value)) return { ok: false, problem: 'value is not a number' };
  const date = new Date(typeof at === 'string' && time.test(at) ? at : Number.NaN);
  if (Number.isNaN(date.getTime())) return { ok: false, problem: 'at is not a time as in RFC 3339' };
  return { ok: true, value: { sensor, kind, at: date, value } };
}

function fieldsOf(delivery: Delivery): Record<string, unknown> {
  try {
    const { payload } = delivery;
    return typeof payload === 'object' && payload !== null ? { ...payload } : {};
  } catch {
    return {};
  }
}
