import type { Provider } from '../../catalogue/provider.ts';
import type { Clock } from '../../clock.ts';
import { type Dispatch, inOrder, together } from '../../delivery/dispatch.ts';
import { HookportError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import type { Queue } from '../../queue/queue.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import type { EventBus } from './event-bus.ts';
import { forwardToEventBus } from './to-event-bus.ts';
import { forwardToHttp } from './to-http.ts';
import { forwardToQueue } from './to-queue.ts';

export interface DestinationOptions {
  source: SourcePlan;
  provider: Provider;
  /** Runs the handler; absent where the source only forwards. */
  toHandler: Dispatch | undefined;
  /** Needed where the plan forwards to it. */
  verifiedQueue?: Queue | undefined;
  /** Needed where the plan forwards to one. */
  eventBus?: EventBus | undefined;
  secrets: SecretStore;
  clock: Clock;
  log: Log;
}

/**
 * Everything that a verified delivery goes to: the handler, and what that handled then to all forwards at once. A
 * delivery is handled when all of them have it; else it is tried again, and goes to all of them again.
 *
 * @throws HookportError `internal` when there is neither, or what the plan forwards to is not given
 */
export function destinationOf(options: DestinationOptions): Dispatch {
  const { source, toHandler } = options;
  const forwards = forwardsOf(options);
  const toForwards = forwards.length === 0 ? undefined : together(forwards);
  if (toHandler && toForwards) return inOrder(toHandler, toForwards);
  const only = toHandler ?? toForwards;
  if (!only) throw new HookportError('internal', `source ${source.id} has neither a handler nor a forward`);
  return only;
}

function forwardsOf(options: DestinationOptions): Dispatch[] {
  const { source, provider, verifiedQueue, eventBus, secrets, clock, log } = options;
  const { queue, http, eventBus: bus } = source.consumer?.forward ?? {};
  const missing = (what: string) =>
    new HookportError('internal', `source ${source.id} forwards to ${what}, which is not given`);
  if (queue !== undefined && !verifiedQueue) throw missing(`the queue ${queue}`);
  if (bus !== undefined && !eventBus) throw missing(`the event bus ${bus}`);
  return [
    ...(queue !== undefined && verifiedQueue ? [forwardToQueue(verifiedQueue, log)] : []),
    ...(bus !== undefined && eventBus ? [forwardToEventBus(eventBus, provider)] : []),
    ...(http ? [forwardToHttp({ plan: http, source: source.id, secrets, clock })] : []),
  ];
}
