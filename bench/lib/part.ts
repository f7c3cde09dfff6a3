/** One benchmark: what it measures, who takes part, and how. `bench/run.ts` runs it, reports it and keeps its figures. */
export interface Part {
  /** As `--only` and the files in `bench/results` call it. */
  name: string;
  title: string;
  /** What is measured and how, in Markdown. */
  about: string;
  /** By id, in the order in which they are shown. */
  contenders: Readonly<Record<string, Contender>>;
  /** By id; the first is compared in the table. */
  metrics: Readonly<Record<string, Metric>>;
  /** The contender that the others are compared with. @default hookport */
  subject?: string;
  /** What is to be reached, and how it is read off the figures. */
  goals: readonly Goal[];
  charts: readonly Chart[];
  /** Contenders that cannot take part here may be left out; they are then reported as missing. */
  measure(options: MeasureOptions): Promise<readonly Measurement[]>;
}

export interface Contender {
  name: string;
  /** What holds once it has answered, or what it does at all. */
  promise?: string;
}

export interface Metric {
  label: string;
  unit: string;
  /** Which way is better. */
  better: 'more' | 'less';
}

export interface Goal {
  text: string;
  /** Undefined where the run holds no such case. */
  check: (figures: Figures) => { reached: boolean; figure: string } | undefined;
}

/** One drawing: a panel of bars for each case. */
export interface Chart {
  /** Its file is `<part>-<name>.svg`. */
  name: string;
  title: string;
  metric: string;
  cases: readonly string[];
  /** Left out: who would make the others’ bars too short to read, but stands in the table. */
  without?: readonly string[];
  /** All panels by one scale, since they are compared. @default false */
  sameScale?: boolean;
}

/** Access to what was measured. */
export interface Figures {
  /** Median over the rounds. */
  median: (what: { case: string; contender: string; metric: string }) => number | undefined;
  /** Median over the rounds of `contender ÷ other` in the same round. */
  ratio: (what: { case: string; contender: string; other: string; metric: string }) => number | undefined;
  readonly cases: readonly string[];
}

/** One contender in one case in one round. */
export interface Measurement {
  case: string;
  contender: string;
  round: number;
  values: Readonly<Record<string, number>>;
}

export interface MeasureOptions {
  rounds: number;
  /** Only that it works: least sizes, no time to warm up. The figures mean nothing. */
  quick: boolean;
  /** A folder on a real disk. */
  folder: string;
  /** Told of each step, for a person who waits. */
  progress: (text: string) => void;
}
