import type { Catalogue } from '../../catalogue/provider.ts';
import type { RedriveReport } from '../../consumer/redrive.ts';
import type { Plan, SourcePlan } from '../../plan/plan.ts';
import type { EmbeddedQueues } from '../../queue/embedded/embedded-queue.ts';
import type { Journal } from '../journal/start.ts';

/** What the API answers from. */
export interface ApiContext {
  plan: Plan;
  catalogue: Catalogue;
  /** Such as `http://127.0.0.1:8080`. */
  gatewayUrl: string;
  queues: EmbeddedQueues;
  journal: Pick<Journal, 'list' | 'find' | 'counts'>;
  redrive: (
    source: SourcePlan,
    selection: { reason?: string | undefined; ids?: readonly string[] | undefined; dryRun?: boolean | undefined },
  ) => Promise<RedriveReport>;
}
