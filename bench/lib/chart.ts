import { show, showRatio } from './numbers.ts';

export interface Bar {
  label: string;
  median: number;
  least: number;
  most: number;
  /** The one that the others are compared with. */
  isSubject: boolean;
  /** Of the subject to this one. */
  ratio?: number | undefined;
}

export interface Panel {
  /** Empty where the chart's title says it all. */
  title: string;
  bars: readonly Bar[];
}

export interface ChartOptions {
  title: string;
  unit: string;
  better: 'more' | 'less';
  /** What the column of ratios holds; none without it. */
  ratioTitle?: string | undefined;
  /** All panels by one scale. */
  sameScale: boolean;
}

const width = 760;
const margin = 12;
const rowHeight = 24;
const valueWidth = 92;
const ratioWidth = 96;
/** About, of this font; the subject’s are bold. */
const letterWidth = { subject: 7.9, other: 7.2 };

/** The colours stand in both, since an `<img>` follows the reader's system and not the page around it. */
const style = `<style>
text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #24292f }
.strong { font-weight: 600 } .soft { fill: #57606a } .page { fill: #ffffff }
.other { fill: #afb8c1 } .subject { fill: #2f6fde } .range { stroke: #24292f; stroke-width: 1.25; fill: none }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .soft { fill: #9198a1 } .page { fill: #0d1117 } .other { fill: #4f5863 } .subject { fill: #4c8dff } .range { stroke: #e6edf3 }
}
</style>`;

/** Panels of bars with their ranges, as an SVG that reads on light and dark pages. */
export function barChart(
  { title, unit, better, ratioTitle, sameScale }: ChartOptions,
  panels: readonly Panel[],
): string {
  const all = panels.flatMap(({ bars }) => bars);
  const labelWidth = 16 + Math.min(330, Math.max(...all.map(widthOf)));
  const ratios = ratioTitle === undefined ? 0 : ratioWidth;
  const barWidth = width - 2 * margin - labelWidth - valueWidth - ratios;
  const lines: string[] = [];
  let y = 58;
  for (const panel of panels) {
    const most = Math.max(...(sameScale ? all : panel.bars).map((bar) => bar.most), Number.MIN_VALUE);
    if (panel.title !== '') {
      lines.push(text(margin, y + 12, panel.title, 'strong'));
      y += rowHeight;
    }
    for (const bar of panel.bars) {
      lines.push(
        ...row(bar, {
          y,
          x: margin + labelWidth,
          scale: barWidth / most,
          unit,
          valuesAt: margin + labelWidth + barWidth + 8,
        }),
      );
      y += rowHeight;
    }
    y += 12;
  }
  const note = better === 'more' ? 'longer is better' : 'shorter is better';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">`,
    `<title>${escape(plain(title))}</title>`,
    style,
    `<rect class="page" width="${width}" height="${y}" rx="6"/>`,
    text(margin, 24, title, 'strong'),
    text(margin, 42, `${note}; the line spans the rounds`, 'soft'),
    ...(ratioTitle === undefined ? [] : [text(width - margin, 42, ratioTitle, 'soft', 'end')]),
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

function widthOf({ label, isSubject }: Bar): number {
  return plain(label).length * (isSubject ? letterWidth.subject : letterWidth.other);
}

interface Place {
  y: number;
  /** Where bars begin. */
  x: number;
  scale: number;
  unit: string;
  valuesAt: number;
}

function row({ label, median, least, most, isSubject, ratio }: Bar, { y, x, scale, unit, valuesAt }: Place): string[] {
  const weight = isSubject ? 'strong' : '';
  const [from, to] = [x + least * scale, x + most * scale].map((at) => at.toFixed(1));
  return [
    text(x - 8, y + 13, label, weight, 'end'),
    `<rect class="${isSubject ? 'subject' : 'other'}" x="${x}" y="${y}" width="${(median * scale).toFixed(1)}" height="17" rx="2"/>`,
    ...(least === most ? [] : [`<path class="range" d="M${from} ${y + 5}v7m0 -3.5H${to}m0 -3.5v7"/>`]),
    text(valuesAt, y + 13, `${show(median)}${unit.startsWith('/') ? '' : ' '}${unit}`, weight),
    ...(ratio === undefined ? [] : [text(width - margin, y + 13, showRatio(ratio), 'soft', 'end')]),
  ];
}

function text(x: number, y: number, content: string, style: string, anchor = 'start'): string {
  const attributes = `${style === '' ? '' : ` class="${style}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${x.toFixed(0)}" y="${y}"${attributes}>${escape(plain(content))}</text>`;
}

const plain = (markdown: string) => markdown.replaceAll('`', '');

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
