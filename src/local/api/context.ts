import type { Catalogue, ProviderGuide } from '../../catalogue/provider.ts';
import type { Clock } from '../../clock.ts';
import type { DeadLetterSelection } from '../../consumer/dead-letter-selection.ts';
import type { PurgeReport } from '../../consumer/purge.ts';
import type { RedriveReport } from '../../consumer/redrive.ts';
import type { Plan, SourcePlan } from '../../plan/plan.ts';
import type { EmbeddedQueues } from '../../queue/embedded/embedded-queue.ts';
import type { JournalContent } from '../journal/entry.ts';
import type { Journal } from '../journal/start.ts';
import type { Sender } from '../../sending/sender.ts';
import type { Explanation } from '../explain-kept.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { EventHub } from './event-hub.ts';

/** Which dead letters an action takes, and whether it only says what it would do. */
export interface DeadLetterAction extends DeadLetterSelection {
  dryRun?: boolean | undefined;
}

export interface PurgeAction extends DeadLetterAction {
  /** Leaves what entered later, epoch milliseconds. */
  asOf?: number;
}

/** What the API answers from. */
export interface ApiContext {
  plan: Plan;
  catalogue: Catalogue;
  /** Such as `http://127.0.0.1:8080`. */
  gatewayUrl: string;
  queues: EmbeddedQueues;
  journal: Pick<Journal, 'list' | 'read' | 'counts' | 'activity'>;
  events: EventHub;
  redrive: (source: SourcePlan, action: DeadLetterAction) => Promise<RedriveReport>;
  purge: (source: SourcePlan, action: PurgeAction) => Promise<PurgeReport>;
  /** Submits a kept delivery again. @throws HookportError `usage` when it cannot be */
  replay: (source: SourcePlan, kept: JournalContent) => Promise<{ messageId: string }>;
  /** Explains how a kept delivery is verified, and why it is not. */
  explain: (source: SourcePlan, kept: JournalContent) => Promise<Explanation>;
  /** Setup steps and samples of a provider; undefined for one that has none. */
  loadGuide: (provider: string) => Promise<ProviderGuide | undefined>;
  /** Who sends to a source as its provider would. @throws HookportError `secret_missing`, `secret_unreadable`, `secret_unusable` */
  senderOf: (source: SourcePlan) => Promise<Sender>;
  /** Epoch milliseconds since when a source is paused. */
  pausedSince: (source: string) => number | undefined;
  /** @throws HookportError `data_folder_unusable` */
  setPaused: (source: SourcePlan, paused: boolean) => Promise<void>;
  metrics: Exposition;
  clock: Clock;
}
