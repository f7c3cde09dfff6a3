import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import type { Outcome } from '../../delivery/outcome.ts';

/** Deliveries that run together: one, or a batch. */
export interface Task {
  deliveries: readonly VerifiedDelivery[];
  resolve: (outcomes: readonly Outcome[]) => void;
}

/** Tasks of one delivery each, that together resolve the given one. */
export function split(task: Task): Task[] {
  const parts = task.deliveries.map((delivery) => {
    const { promise, resolve } = Promise.withResolvers<readonly Outcome[]>();
    return { promise, task: { deliveries: [delivery], resolve } };
  });
  void Promise.all(parts.map(({ promise }) => promise)).then((outcomes) => task.resolve(outcomes.flat()));
  return parts.map((part) => part.task);
}
