import { show } from './numbers.ts';

export interface Bar {
  label: string;
  median: number;
  least: number;
  most: number;
  /** The one that the others are compared with. */
  isSubject: boolean;
}

const rowHeight = 26;
const labelWidth = 250;
const barWidth = 420;
const valueWidth = 90;

/** Bars with their ranges as an SVG that reads on light and dark pages. */
export function barChart(title: string, unit: string, bars: readonly Bar[]): string {
  const width = labelWidth + barWidth + valueWidth;
  const height = 44 + bars.length * rowHeight;
  const scale = barWidth / Math.max(...bars.map(({ most }) => most), Number.MIN_VALUE);
  const rows = bars.map(({ label, median, least, most, isSubject }, index) => {
    const y = 36 + index * rowHeight;
    const range = `M${round(labelWidth + least * scale)} ${y + 9}H${round(labelWidth + most * scale)}`;
    return [
      `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end"${isSubject ? ' font-weight="600"' : ''}>${escape(label)}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${round(median * scale)}" height="18" rx="2" fill="${isSubject ? '#2f6fde' : '#9aa5b1'}"/>`,
      `<path d="${range}" stroke="#e0793a" stroke-width="2"/>`,
      `<text x="${labelWidth + barWidth + 8}" y="${y + 13}">${show(median)} ${escape(unit)}</text>`,
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    '<style>text { font: 13px system-ui, sans-serif; fill: #333 } @media (prefers-color-scheme: dark) { text { fill: #ddd } }</style>',
    `<text x="0" y="18" font-weight="600">${escape(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

const round = (value: number) => Number(value.toFixed(1));

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', '');
}
