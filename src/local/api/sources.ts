import { registeredUrl } from '../../catalogue/registered-url.ts';
import { providerOf } from '../../catalogue/registry.ts';
import { schemeOf } from '../../catalogue/scheme-of.ts';
import { type OutcomeKind, outcomeKinds } from '../../delivery/outcome.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import type { QueueDepth } from '../../queue/queue.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';

/** How many messages of a source wait, are in hand or put off until their next attempt, and rest in its dead-letter queue. */
export interface Depth {
  waiting: number;
  inFlight: number;
  deadLettered: number;
}

/** One source as `GET /api/sources` tells it. */
export interface SourceState {
  id: string;
  provider: string;
  /** As the company writes it. */
  providerName: string;
  /** The handler's file; null where deliveries are only forwarded, or consumed by others. */
  handler: string | null;
  /** Whether they are consumed here. What others consume is not looked at, so the journal tells nothing of it. */
  consumed: boolean;
  /** What to paste at the provider, behind whatever tunnel leads here; `<secret>` stands for a token in the query. */
  url: string;
  queue: Depth;
  /** ISO 8601: when the oldest message that waits or is in flight was sent; null where there is none. */
  oldest: string | null;
  /** ISO 8601: since when it is accepted and not consumed; null where it is consumed. */
  pausedSince: string | null;
  /** Deliveries by their last outcome, as long as the journal keeps them. */
  outcomes: Record<OutcomeKind, number>;
}

export async function listSources(context: ApiContext): Promise<SourceState[]> {
  const { plan, journal, gatewayUrl } = context;
  const counts = await journal.counts();
  return Promise.all(
    plan.sources.map(async (source) => {
      const { id, provider, route } = source;
      const definition = providerOf(source, context);
      const outcomes = Object.fromEntries(outcomeKinds.map((kind) => [kind, counts[id]?.[kind] ?? 0]));
      return {
        id,
        provider,
        providerName: definition.name,
        handler: source.consumer?.handler ?? null,
        url: registeredUrl(`${gatewayUrl}${route.path}`, schemeOf(definition, source.verify)),
        queue: await readDepths(context, source),
        oldest: isoTime(await oldestOf(context, source)),
        pausedSince: isoTime(context.pausedSince(id)),
        consumed: source.consumer !== undefined,
        outcomes: outcomes as Record<OutcomeKind, number>,
      };
    }),
  );
}

/**
 * When the oldest message of the source's queue was sent, epoch milliseconds; undefined where it is empty. What the disk lost is left
 * out of pages: one that waits behind it must not seem not to be there.
 */
export async function oldestOf(
  { queues }: Pick<ApiContext, 'queues'>,
  { queue }: SourcePlan,
): Promise<number | undefined> {
  for (let after: string | undefined, limit = 1; ; limit = 100) {
    const { messages, next } = await queues.queue(queue.name).list({ limit, ...(after !== undefined && { after }) });
    if (messages[0] || next === undefined) return messages[0]?.sentAt;
    after = next;
  }
}

function isoTime(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}

export async function readDepths(
  { queues }: Pick<ApiContext, 'queues'>,
  { queue, deadLetterQueue }: SourcePlan,
): Promise<Depth> {
  const [depth, dead] = await Promise.all([
    queues.queue(queue.name).depth(),
    queues.queue(deadLetterQueue.name).depth(),
  ]);
  return toDepth(depth, dead);
}

/** Of what a source's queue and its dead-letter queue hold. */
export function toDepth(queue: QueueDepth, deadLetterQueue: QueueDepth): Depth {
  return {
    waiting: queue.visible + queue.delayed,
    inFlight: queue.inFlight,
    deadLettered: deadLetterQueue.visible + deadLetterQueue.inFlight + deadLetterQueue.delayed,
  };
}

/** The configuration may name it by now, and whoever asks may look at that. */
export function describeUnknown(id: string): string {
  return `the platform that runs has no source "${id}"; one that was added since it started is there after a restart`;
}

/** @throws ApiError 404 when no source is called so */
export function findSource({ plan }: ApiContext, id: unknown): SourcePlan {
  const source = plan.sources.find((each) => each.id === id);
  if (!source) throw new ApiError(404, describeUnknown(typeof id === 'string' ? id : ''));
  return source;
}
