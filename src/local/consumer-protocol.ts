import type { MessagePort } from 'node:worker_threads';
import type { DeliveryRecord } from '../delivery/record.ts';
import type { Plan } from '../plan/plan.ts';
import type { LogLine } from './thread-log.ts';

export interface ConsumerThreadData {
  plan: Plan;
  root: string;
  dataFolder: string;
  catalogueUrl: string;
  /** Port of `EmbeddedQueues.connect`. */
  queues: MessagePort;
  /** Port of `Journal.connect`. */
  journal: MessagePort;
  clockOffsetMs: number;
  /** Sources that are not consumed until `resume`. */
  paused: readonly string[];
}

/** What a person sees of an attempt, without what the request holds. */
export type AttemptLine = Omit<DeliveryRecord, 'headers' | 'query' | 'body'>;

export type FromConsumers =
  | { kind: 'ready' }
  | { kind: 'stopped' }
  /** Answers each `pause` and `resume`, in their order. */
  | { kind: 'followed' }
  | { kind: 'log'; line: LogLine }
  | { kind: 'attempts'; attempts: AttemptLine[] };

export type ToConsumers = { kind: 'stop' } | { kind: 'pause' | 'resume'; source: string };
