import { figuresOf } from './figures.ts';
import type { Figures, Goal, Measurement, Part } from './part.ts';

interface Compared {
  subject?: string;
  other: string;
  metric: string;
  /** @default all */
  cases?: readonly string[];
}

/** The subject's rate is above the other's in every case in which both were measured. */
export function aheadEverywhere(text: string, compared: Compared): Goal {
  return {
    text,
    check(figures) {
      const worst = leastRatio(figures, compared);
      return worst && { reached: worst.ratio > 1, figure: `${worst.ratio.toFixed(2)}× at the least (${worst.case})` };
    },
  };
}

/** The case in which the subject's rate is lowest beside the other's. */
export function leastRatio(figures: Figures, { subject = 'hookport', cases = figures.cases, ...what }: Compared) {
  const ratios = cases.flatMap((each) => {
    const ratio = figures.ratio({ case: each, contender: subject, ...what });
    return ratio === undefined ? [] : [{ case: each, ratio }];
  });
  return ratios.toSorted((a, b) => a.ratio - b.ratio)[0];
}

export interface GoalResult {
  text: string;
  figure: string;
  reached: boolean;
}

/** Those of which the results say something. */
export function goalsOf({ goals }: Part, measurements: readonly Measurement[]): GoalResult[] {
  const figures = figuresOf(measurements);
  return goals.flatMap(({ text, check }) => {
    const found = check(figures);
    return found ? [{ text, ...found }] : [];
  });
}
