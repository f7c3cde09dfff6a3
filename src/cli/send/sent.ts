import type { DeliveryState } from '../../local/api/delivery-state.ts';
import type { Answered } from '../../sending/post.ts';

/** What became of one request that was sent. */
export interface Sent extends Answered {
  event: string;
  /** As the API tells it; `waiting` where nobody here consumes the queue, `paused` where it waits for that; undefined while it is not known. */
  delivery: DeliveryState | 'waiting' | 'paused' | undefined;
}
