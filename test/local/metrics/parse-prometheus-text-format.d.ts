/** It has no types of its own. What it makes of histograms is left out: it drops their labels. */
declare module 'parse-prometheus-text-format' {
  interface Sample {
    value?: string;
    labels?: Record<string, string>;
  }
  export default function parse(text: string): { name: string; type: string; metrics: Sample[] }[];
}
