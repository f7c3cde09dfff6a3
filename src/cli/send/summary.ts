import { facts } from '../table.ts';
import type { Sent } from './sent.ts';

/** What became of many, in a few lines. */
export function summarise(sent: readonly Sent[], source: string, url: string, seconds: number): string {
  const answers = count(sent.map(({ status, why }) => (status === 0 ? `no answer: ${why}` : String(status))));
  const outcomes = count(
    sent.flatMap(({ messageId, delivery }) => {
      if (messageId === undefined) return [];
      if (delivery === undefined) return ['not known yet'];
      if (delivery === 'waiting') return ['waiting in the queue'];
      if (delivery === 'paused') return ['waiting: the source is paused'];
      return [delivery.reason === null ? delivery.outcome : `${delivery.outcome}: ${delivery.reason}`];
    }),
  );
  const times = sent.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const at = (share: number) => `${Math.round(times[Math.floor((times.length - 1) * share)] ?? 0)} ms`;
  const rows = [
    ...answers.map(([answer, number]) => ['answered', answer, String(number)]),
    ...outcomes.map(([outcome, number]) => ['outcome', outcome, String(number)]),
  ];
  const pace = `${Math.round(sent.length / seconds)} a second, half within ${at(0.5)}, 99 % within ${at(0.99)}`;
  return `${source}: ${sent.length} → ${url}\n${facts(rows, '  ')}\n  ${pace}`;
}

/** How often each occurs, most often first. */
function count(texts: readonly string[]): [text: string, number: number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
