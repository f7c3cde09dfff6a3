import { type Bar, barChart, type Panel } from './chart.ts';
import { figuresOf, summarise } from './figures.ts';
import type { Chart, Measurement, Part } from './part.ts';

/** @returns the SVG; undefined where nothing of it was measured */
export function drawChart(part: Part, chart: Chart, measurements: readonly Measurement[]): string | undefined {
  const { subject = 'hookport' } = part;
  const metric = part.metrics[chart.metric];
  if (!metric) throw new Error(`${part.name} has no metric ${chart.metric}`);
  const { ratio } = figuresOf(measurements);
  const contenders = Object.keys(part.contenders).filter((id) => !chart.without?.includes(id));
  const panels = chart.cases.flatMap((name): Panel[] => {
    const bars = contenders.flatMap((contender): Bar[] => {
      const what = { case: name, metric: chart.metric };
      const found = summarise(measurements, { ...what, contender });
      const isSubject = contender === subject;
      const against = isSubject ? undefined : ratio({ ...what, contender: subject, other: contender });
      return found
        ? [{ ...found, label: part.contenders[contender]?.name ?? contender, isSubject, ratio: against }]
        : [];
    });
    return bars.length === 0 ? [] : [{ title: chart.cases.length === 1 ? '' : name, bars }];
  });
  if (panels.length === 0) return undefined;
  const { title, sameScale = false } = chart;
  const options = { title, unit: metric.unit, better: metric.better };
  // With one contender, its cases are what is compared.
  if (panels.every(({ bars }) => bars.length === 1) && panels.length > 1) {
    const bars = panels.flatMap((panel) => panel.bars.map((bar) => ({ ...bar, label: panel.title })));
    return barChart({ ...options, sameScale: true }, [{ title: '', bars }]);
  }
  return barChart({ ...options, sameScale, ratioTitle: `${part.contenders[subject]?.name ?? subject} ÷ it` }, panels);
}
