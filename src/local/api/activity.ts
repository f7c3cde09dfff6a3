import type { OutcomeKind } from '../../delivery/outcome.ts';
import type { ApiContext } from './context.ts';

/** What the sources did in the last hour, as `GET /api/activity` tells it. Times are ISO 8601. */
export interface Activity {
  /** Begin of the first slot. */
  from: string;
  slotSeconds: number;
  sources: {
    id: string;
    /** Arrival of the newest delivery that the journal knows. */
    lastReceivedAt: string | null;
    /** Which version of the secret last matched, and when what it matched had arrived. */
    lastMatched: { secretVersion: string; receivedAt: string } | null;
    /** Deliveries by last outcome and slot of arrival, oldest slot first; an outcome that did not occur is absent. */
    outcomes: Readonly<Partial<Record<OutcomeKind, readonly number[]>>>;
  }[];
}

const slotMs = 120_000;
const slots = 30;

export async function tellActivity({ plan, journal, clock }: ApiContext): Promise<Activity> {
  const from = (Math.floor(clock() / slotMs) + 1 - slots) * slotMs;
  const ids = plan.sources.map(({ id }) => id);
  const activity = await journal.activity({ sources: ids, from, slotMs, slots });
  return {
    from: new Date(from).toISOString(),
    slotSeconds: slotMs / 1000,
    sources: ids.map((id) => {
      const { lastReceivedAt, lastMatched, outcomes = {} } = activity[id] ?? {};
      return {
        id,
        lastReceivedAt: lastReceivedAt === undefined ? null : new Date(lastReceivedAt).toISOString(),
        lastMatched: lastMatched
          ? { secretVersion: lastMatched.secretVersion, receivedAt: new Date(lastMatched.receivedAt).toISOString() }
          : null,
        outcomes,
      };
    }),
  };
}
