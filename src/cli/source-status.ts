import type { OutcomeKind } from '../delivery/outcome.ts';

/** One source as `hookport status` tells it. Times are ISO 8601; null stands for what is not known, or is not there. */
export interface SourceStatus {
  id: string;
  provider: string;
  /** False: its queue is for a consumer of one's own. */
  consumed: boolean;
  /** On AWS: containers consume it. Whether any run is for ECS to tell, so `paused` is null. */
  worker?: true;
  paused: boolean | null;
  /** Since when; AWS does not tell. */
  pausedSince: string | null;
  queue: { waiting: number; inFlight: number; deadLettered: number };
  /** When the oldest message that waits or is in flight was sent. */
  oldest: string | null;
  lastReceivedAt: string | null;
  /** Deliveries by outcome over the last hour; on AWS attempts. */
  lastHour: Readonly<Record<OutcomeKind, number>> | null;
  /** Deliveries by last outcome, as long as the journal keeps them; on one machine alone. */
  outcomes?: Readonly<Record<OutcomeKind, number>>;
}
