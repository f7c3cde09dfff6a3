import { providerOf } from '../../catalogue/registry.ts';
import {
  type DeadLetter,
  type DeadLetterContent,
  describeDeadLetter,
  isCalled,
  withoutContent,
} from '../../consumer/dead-letter.ts';
import { isForClaims, isForReason } from '../../consumer/dead-letter-selection.ts';
import { createPauses } from '../../consumer/pauses.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import type { ListedMessage } from '../../queue/embedded/embedded-queue.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { parseLimit } from './delivery-filter.ts';
import { findSource } from './sources.ts';

/**
 * `GET /api/dead-letters?source=…&reason=…&eventType=…&limit=…`, the newest first, without headers and bodies; selected as
 * redrives are.
 *
 * @throws ApiError 400 or 404
 */
export async function listDeadLetters(context: ApiContext, query: URLSearchParams): Promise<DeadLetter[]> {
  const limit = parseLimit(query);
  const reason = query.get('reason') ?? undefined;
  const eventType = query.get('eventType') ?? undefined;
  const found: DeadLetter[] = [];
  for await (const letter of lettersOf(context, sourceOf(context, query))) {
    if (!isForReason(letter, reason) || !isForClaims({ eventType: letter.eventType, ids: [] }, { eventType })) continue;
    found.push(withoutContent(letter));
    if (found.length >= limit) break;
  }
  return found;
}

/**
 * `GET /api/dead-letters/<id>?source=…`, by message id, request id or delivery id; without static credentials.
 *
 * @throws ApiError 400 or 404
 */
export async function showDeadLetter(
  context: ApiContext,
  id: string,
  query: URLSearchParams,
): Promise<DeadLetterContent> {
  for await (const letter of lettersOf(context, sourceOf(context, query))) if (isCalled(letter, id)) return letter;
  throw new ApiError(404, 'no dead letter of this source has this id');
}

/** Dead letters of one source that rest for the same reason and claim the same event type. */
export interface DeadLetterGroup {
  source: string;
  kind: DeadLetter['kind'];
  reason: string;
  /** Null: they claim none. */
  eventType: string | null;
  count: number;
  /** ISO 8601. */
  oldest: string;
  newest: string;
}

/** As `GET /api/dead-letters/groups` tells it; `lookedAt` is less than `total` where a queue holds more than is looked at. */
export interface DeadLetterGroups {
  groups: DeadLetterGroup[];
  total: number;
  lookedAt: number;
}

/** Of each queue the newest, so that a page stays quick beside any number of dead letters, and whatever strangers have sent. */
const maxGrouped = 2000;
/** Of all queues together. */
const maxGroupedCharacters = 16 * 2 ** 20;

/** `GET /api/dead-letters/groups?source=…`, or of all sources; the largest group first. @throws ApiError 404 */
export async function groupDeadLetters(context: ApiContext, query: URLSearchParams): Promise<DeadLetterGroups> {
  const sources = query.has('source') ? [sourceOf(context, query)] : context.plan.sources;
  const groups = new Map<string, DeadLetterGroup>();
  let total = 0;
  let lookedAt = 0;
  let characters = 0;
  for (const source of sources) {
    let ofSource = 0;
    for await (const letter of lettersOf(context, source)) {
      addTo(groups, source.id, letter);
      ofSource += 1;
      characters += letter.body.length;
      if (ofSource >= maxGrouped || characters >= maxGroupedCharacters) break;
    }
    const depth = await context.queues.queue(source.deadLetterQueue.name).depth();
    total += Math.max(ofSource, depth.visible + depth.inFlight + depth.delayed);
    lookedAt += ofSource;
  }
  return { groups: [...groups.values()].toSorted((a, b) => b.count - a.count), total, lookedAt };
}

function addTo(groups: Map<string, DeadLetterGroup>, source: string, letter: DeadLetter): void {
  const { kind, reason, eventType, restingSince } = letter;
  const key = JSON.stringify([source, kind, reason, eventType]);
  const group = groups.get(key);
  if (!group) {
    const times = { oldest: restingSince, newest: restingSince };
    groups.set(key, { source, kind, reason, eventType, count: 1, ...times });
    return;
  }
  group.count += 1;
  if (restingSince < group.oldest) group.oldest = restingSince;
  if (restingSince > group.newest) group.newest = restingSince;
}

function sourceOf(context: ApiContext, query: URLSearchParams): SourcePlan {
  const id = query.get('source');
  if (id === null) throw new ApiError(400, 'source must name one');
  return findSource(context, id);
}

async function* lettersOf(context: ApiContext, source: SourcePlan): AsyncGenerator<DeadLetterContent> {
  const provider = providerOf(source, context);
  const pause = createPauses();
  for await (const message of messagesOf(context, source.deadLetterQueue.name)) {
    yield describeDeadLetter(message, provider, source.verify);
    await pause(message.body.length);
  }
}

/** Page by page, since bodies come along; reading receives nothing. */
async function* messagesOf({ queues }: ApiContext, name: string): AsyncGenerator<ListedMessage> {
  const queue = queues.queue(name);
  let after: string | undefined;
  do {
    const page = await queue.list({ limit: 100, newestFirst: true, ...(after !== undefined && { after }) });
    yield* page.messages;
    after = page.next;
  } while (after !== undefined);
}
