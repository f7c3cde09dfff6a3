import { createHash } from 'node:crypto';
import type { Deduplication, DeduplicationKey } from '../deduplication/deduplication.ts';
import type { Log } from '../log.ts';
import { deliverySeconds } from '../plan/delivery-seconds.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { VerifiedDelivery } from './delivery.ts';
import { describeThrown } from './handler-errors.ts';
import type { Outcome } from './outcome.ts';

/** Deliveries that are taken for one attempt, in a source that deduplicates. */
export interface Claims {
  /**
   * Takes a delivery for this attempt, unless it completed before or is being handled elsewhere. Never rejects.
   *
   * @returns the delivery to hand over, or what has become of it without that
   */
  take(delivery: VerifiedDelivery): Promise<{ delivery: VerifiedDelivery } | { outcome: Outcome }>;
  /**
   * Records a completion only after the handler succeeded; anything else gives the claim back for the retry. Never
   * rejects.
   *
   * @param delivery as `take` gave it
   */
  settle(delivery: VerifiedDelivery, outcome: Outcome): Promise<void>;
}

/** Undefined where the source does not deduplicate. */
export function createClaims(
  source: SourcePlan,
  deduplication: Deduplication | undefined,
  log: Log,
): Claims | undefined {
  const keepSeconds = source.consumer?.deduplicate?.keepSeconds;
  if (keepSeconds === undefined || !deduplication) return undefined;
  const claimSeconds = claimSecondsOf(source);
  const taken = new WeakMap<VerifiedDelivery, DeduplicationKey>();

  const begin = async (delivery: VerifiedDelivery): ReturnType<Claims['take']> => {
    const key: DeduplicationKey = {
      source: source.id,
      deliveryId: delivery.id,
      keepSeconds,
      claimSeconds,
      ...(!delivery.idSigned && { bodyHash: createHash('sha256').update(delivery.body).digest('hex') }),
    };
    const state = await deduplication.begin(key);
    if (state === 'completed') return { outcome: { kind: 'duplicate' } };
    if (state === 'inProgress') {
      const detail = 'the same delivery is being handled right now';
      // By then the other attempt has ended, or its claim has.
      return { outcome: { kind: 'failed', reason: 'in_progress', detail, retryAfterSeconds: claimSeconds } };
    }
    const claimed = { ...delivery, suspectedReplay: await isReplay(key, deduplication, log) };
    taken.set(claimed, key);
    return { delivery: claimed };
  };

  return {
    async take(delivery) {
      try {
        return await begin(delivery);
      } catch (error) {
        return { outcome: { kind: 'failed', reason: 'deduplication_unavailable', detail: describeThrown(error) } };
      }
    },
    async settle(delivery, outcome) {
      const key = taken.get(delivery);
      if (!key) return;
      try {
        await (outcome.kind === 'handled' ? deduplication.complete(key) : deduplication.release(key));
      } catch (error) {
        // The handler ran: it stays handled, and only a redelivery would be handed over again.
        log.warn('the record of completed deliveries could not be written', {
          source: key.source,
          deliveryId: key.deliveryId,
          error: describeThrown(error),
        });
      }
    },
  };
}

/** A flag alone: if it cannot be told, the delivery is handed over like any other. */
async function isReplay(key: DeduplicationKey, deduplication: Deduplication, log: Log): Promise<boolean> {
  if (key.bodyHash === undefined || !deduplication.seenBody) return false;
  try {
    return await deduplication.seenBody(key);
  } catch (error) {
    log.warn('the record of bodies could not be read', { source: key.source, error: describeThrown(error) });
    return false;
  }
}

/** Room beyond the timeout, so that a claim outlives the attempt that it stands for. */
const claimRoomSeconds = 30;

function claimSecondsOf({ consumer }: SourcePlan): number {
  return (consumer ? deliverySeconds(consumer) * consumer.batch.size : 0) + claimRoomSeconds;
}
