import { collectDefaultMetrics, Counter, Gauge, type Metric, Registry } from 'prom-client';
import { failureReasons, type OutcomeKind, otherRejections } from '../../delivery/outcome.ts';
import { rejectionReasons } from '../../signature/types.ts';
import { refusalStatuses } from '../gateway/answer.ts';
import type { GatewayCounters } from '../gateway/counters.ts';
import type { Buckets } from '../buckets.ts';
import type { AttemptCounts } from './attempt-counts.ts';
import { BucketHistogram } from './bucket-histogram.ts';

/** One source's queues at this moment. */
export interface QueueReading {
  source: string;
  waiting: number;
  inFlight: number;
  deadLettered: number;
  /** Of the oldest message that waits or is in flight; 0 where there is none. */
  oldestAgeSeconds: number;
  paused: boolean;
}

export interface MetricsInput {
  gateway: () => GatewayCounters;
  /** Time from the begin of a request to its 200, by source. */
  acceptDurations: () => Iterable<readonly [source: string, buckets: Buckets]>;
  attempts: AttemptCounts;
  readQueues: () => Promise<readonly QueueReading[]>;
}

/** What `GET /metrics` answers with. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

/**
 * Metrics of one machine for Prometheus. Whatever counts keeps numbers of its own; they are made into series when they
 * are asked for, so that nothing of this stands on the way of a delivery. Sources are those of the plan, statuses and
 * reasons those of the code: nobody outside can add a series. Each is there at 0 before it counts anything: a rise from
 * nothing to 1 is none to Prometheus, so that no alert would tell of the first.
 *
 * @see https://prometheus.io/docs/practices/naming/
 * @see https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
 */
export function createExposition(input: MetricsInput): Exposition {
  const registry = new Registry();
  let readings: readonly QueueReading[] = [];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  addGateway(registry, input);
  addAttempts(registry, input.attempts);
  addQueues(registry, () => readings);
  return {
    contentType: registry.contentType,
    async text() {
      // Before all, since the registry asks its metrics side by side.
      readings = await input.readQueues();
      return registry.metrics();
    },
  };
}

function add<Label extends string>(registry: Registry, metric: Metric<Label>): void {
  registry.registerMetric(metric);
}

const zeroes = (names: readonly (string | number)[]): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name) => [name, 0]));

const noRefusals = zeroes(refusalStatuses);

/** By outcome, then by reason. */
const noAttempts: Readonly<Record<OutcomeKind, Readonly<Record<string, number>>>> = {
  handled: zeroes(['']),
  ignored: zeroes(['']),
  duplicate: zeroes(['']),
  rejected: zeroes(Object.keys({ ...rejectionReasons, ...otherRejections })),
  failed: zeroes(Object.keys(failureReasons)),
};

function addGateway(registry: Registry, { gateway, acceptDurations }: MetricsInput): void {
  add(
    registry,
    new Counter({
      name: 'hookport_deliveries_accepted_total',
      help: 'Requests that were kept and answered 200, since the start.',
      labelNames: ['source'],
      registers: [],
      collect() {
        this.reset();
        for (const [source, { accepted }] of Object.entries(gateway().sources)) this.inc({ source }, accepted);
      },
    }),
  );
  add(
    registry,
    new Counter({
      name: 'hookport_requests_refused_total',
      help: 'Requests to a source that were not kept, by the status of the answer, since the start.',
      labelNames: ['source', 'status'],
      registers: [],
      collect() {
        this.reset();
        for (const [source, { refused }] of Object.entries(gateway().sources))
          for (const [status, number] of Object.entries<number>({ ...noRefusals, ...refused }))
            this.inc({ source, status }, number);
      },
    }),
  );
  add(
    registry,
    new Counter({
      name: 'hookport_requests_unrouted_total',
      help: 'Requests that belong to no source, by the status of the answer, since the start.',
      labelNames: ['status'],
      registers: [],
      collect() {
        this.reset();
        for (const [status, number] of Object.entries(gateway().unrouted)) this.inc({ status }, number);
      },
    }),
  );
  add(
    registry,
    new BucketHistogram(
      {
        name: 'hookport_accept_duration_seconds',
        help: 'From the head of a request to its 200, which is sent when the delivery is on disk.',
        registers: [],
      },
      acceptDurations,
    ),
  );
}

function addAttempts(registry: Registry, { sources }: AttemptCounts): void {
  add(
    registry,
    new Counter({
      name: 'hookport_attempts_total',
      help: 'Attempts at deliveries by outcome, and by reason where it was refused or failed, since the start.',
      labelNames: ['source', 'outcome', 'reason'],
      registers: [],
      collect() {
        this.reset();
        for (const [source, { outcomes }] of sources)
          for (const [outcome, none] of Object.entries(noAttempts))
            for (const [reason, number] of Object.entries({ ...none, ...outcomes[outcome] }))
              this.inc({ source, outcome, reason }, number);
      },
    }),
  );
  add(
    registry,
    new Counter({
      name: 'hookport_dead_lettered_total',
      help: 'Deliveries that were moved to the dead-letter queue, since the start.',
      labelNames: ['source'],
      registers: [],
      collect() {
        this.reset();
        for (const [source, { deadLettered }] of sources) this.inc({ source }, deadLettered);
      },
    }),
  );
  add(
    registry,
    new BucketHistogram(
      {
        name: 'hookport_attempt_duration_seconds',
        help: 'One attempt: verification, handler, and settling with the queue.',
        registers: [],
      },
      () => [...sources].map(([source, { duration }]) => [source, duration] as const),
    ),
  );
  add(
    registry,
    new BucketHistogram(
      {
        name: 'hookport_queue_wait_seconds',
        help: 'From the arrival of a delivery to the begin of its first attempt.',
        registers: [],
      },
      () => [...sources].map(([source, { wait }]) => [source, wait] as const),
    ),
  );
}

function addQueues(registry: Registry, readings: () => readonly QueueReading[]): void {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    set: (gauge: Gauge<Label>, reading: QueueReading) => void,
  ) =>
    add(
      registry,
      new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers: [],
        collect() {
          for (const reading of readings()) set(this, reading);
        },
      }),
    );
  gauge(
    'hookport_queue_messages',
    'Messages of a source that wait, are in flight, or rest in its dead-letter queue.',
    ['source', 'state'],
    (messages, { source, waiting, inFlight, deadLettered }) => {
      messages.set({ source, state: 'waiting' }, waiting);
      messages.set({ source, state: 'in_flight' }, inFlight);
      messages.set({ source, state: 'dead_lettered' }, deadLettered);
    },
  );
  gauge(
    'hookport_queue_oldest_message_age_seconds',
    'Age of the oldest message that waits or is in flight; 0 where there is none.',
    ['source'],
    (age, { source, oldestAgeSeconds }) => age.set({ source }, oldestAgeSeconds),
  );
  gauge('hookport_source_paused', 'Whether the source is paused: 1, or 0.', ['source'], (paused, reading) =>
    paused.set({ source: reading.source }, reading.paused ? 1 : 0),
  );
}
