import { eachSource, placeOf } from './rule.ts';

/**
 * Event types are compared as a whole. Who writes `payment.*`, as providers' dashboards take it, would have every delivery
 * counted as ignored, and deleted.
 */
export const events = eachSource(({ id, events: wanted = [] }, { raw }) =>
  wanted.flatMap((event, index) =>
    event.includes('*')
      ? {
          path: [...placeOf(raw, id, ['events']), index],
          message: `"${event}" is no event type: \`events\` knows no wildcards; write each type out, or choose in the handler`,
        }
      : [],
  ),
);
