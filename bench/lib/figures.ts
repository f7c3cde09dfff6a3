import type { Figures, Measurement } from './part.ts';

/** The middle of sorted numbers, the upper one of two; NaN of none. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

export interface Summary {
  median: number;
  least: number;
  most: number;
}

/** Over the rounds; undefined where nothing was measured. */
export function summarise(
  measurements: readonly Measurement[],
  what: { case: string; contender: string; metric: string },
): Summary | undefined {
  const values = valuesOf(measurements, what).map(({ value }) => value);
  if (values.length === 0) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

export function figuresOf(measurements: readonly Measurement[]): Figures {
  return {
    cases: [...new Set(measurements.map((each) => each.case))],
    median: (what) => summarise(measurements, what)?.median,
    ratio({ other, ...what }) {
      const others = new Map(
        valuesOf(measurements, { ...what, contender: other }).map(({ round, value }) => [round, value]),
      );
      const ratios = valuesOf(measurements, what).flatMap(({ round, value }) => {
        const against = others.get(round);
        // Where neither did anything there is nothing to compare.
        return against === undefined || (value === 0 && against === 0) ? [] : [value / against];
      });
      return ratios.length === 0 ? undefined : median(ratios);
    },
  };
}

function valuesOf(measurements: readonly Measurement[], what: { case: string; contender: string; metric: string }) {
  return measurements.flatMap(({ values, round, ...each }) => {
    const value = values[what.metric];
    return each.case === what.case && each.contender === what.contender && value !== undefined
      ? [{ round, value }]
      : [];
  });
}
