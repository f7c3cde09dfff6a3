import type { Random } from './random.ts';

/** One way of trying to break a promise. Each is a file in `scenarios/`, listed in `scenarios/index.ts`. */
export interface Scenario {
  /** Lower case with hyphens; the file's name, and what `--only` takes. */
  name: string;
  /** What is done, in one sentence, for the table in `docs/guarantees.md`. */
  tries: string;
  /** What must hold afterwards, in one sentence, for the same table. */
  holds: string;
  /** How many runs a full series has. */
  runs: number;
  /** How many runs the suite has within `npm test`. @default 1 */
  shortRuns?: number;
  /** Why it cannot run on this machine, such as `not root`; then it is skipped, and says so. @default it can */
  unable?: () => string | undefined;
  /** One run, whole in itself: it starts what it needs and ends it. Throwing is a problem too. */
  run(run: Run): Promise<Findings>;
}

/** What a run gets. */
export interface Run {
  seed: number;
  /** Seeded by `seed`: take every choice from here. */
  random: Random;
  /** A run of the short form, within `npm test`: be quick. */
  short: boolean;
  /** How long a run that lasts should last. @default the scenario's own */
  minutes?: number;
  /** Called in reverse order after the run, also when it failed. */
  onEnd(clean: () => Promise<void> | void): void;
}

export interface Findings {
  /** Added up over the runs, and shown: `acknowledged`, `lost`, `twice`, … */
  counts: Readonly<Record<string, number>>;
  /** Figures of which the highest over the runs is shown: the worst, where less is better. @default none */
  highest?: Readonly<Record<string, number>>;
  /** What did not hold, each with enough to look further: ids, figures. Empty when all is well. */
  problems: string[];
}
