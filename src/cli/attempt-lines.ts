import { styleText } from 'node:util';
import type { OutcomeKind } from '../delivery/outcome.ts';
import { escapeControls } from '../local/console-log.ts';
import type { AttemptLine } from '../local/consumer-protocol.ts';

const colours = { handled: 'green', ignored: 'dim', duplicate: 'dim', rejected: 'yellow', failed: 'red' } as const;

/** Nobody reads more, and writing them would take time from the deliveries. */
const linesPerTurn = 20;
const turnMs = 100;

/**
 * Prints one line an attempt. Of what comes faster than a person reads, those that did not go well come first and the
 * rest is counted.
 */
export function createAttemptPrinter(write: (text: string) => void): (attempts: readonly AttemptLine[]) => void {
  let shown: string[] = [];
  let more: Partial<Record<OutcomeKind, number>> = {};
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    timer = undefined;
    const rest = Object.entries(more).map(([kind, number]) => `${number} ${kind}`);
    write([...shown, ...(rest.length > 0 ? [`              … and ${rest.join(', ')}`] : [])].join('\n'));
    shown = [];
    more = {};
  };
  return (attempts) => {
    for (const attempt of attempts) {
      const { kind } = attempt.outcome;
      const limit = kind === 'failed' || kind === 'rejected' ? 2 * linesPerTurn : linesPerTurn;
      if (shown.length < limit) shown.push(describeAttempt(attempt));
      else more[kind] = (more[kind] ?? 0) + 1;
    }
    timer ??= setTimeout(flush, turnMs);
  };
}

/** One line. What came from outside is escaped: a terminal would take it for commands. */
export function describeAttempt(attempt: AttemptLine): string {
  const { outcome, source, eventType, deliveryId, durationMs, finishedAt, deadLettered } = attempt;
  const parts = [
    source,
    eventType ?? '-',
    deliveryId ?? '-',
    `${Math.round(durationMs)} ms`,
    ...(attempt.attempt > 1 ? [`attempt ${attempt.attempt}`] : []),
    ...('reason' in outcome ? [`${outcome.reason}: ${outcome.detail}`] : []),
    ...(deadLettered ? ['→ dead-letter queue'] : []),
  ];
  const time = new Date(finishedAt).toISOString().slice(11, 23);
  const kind = styleText(colours[outcome.kind], outcome.kind.padEnd(9));
  return [time, kind, ...parts.map((part) => escapeControls(part).slice(0, 300))].join('  ');
}
