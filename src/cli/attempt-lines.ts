import { styleText } from 'node:util';
import type { OutcomeKind } from '../delivery/outcome.ts';
import { escapeControls } from '../terminal-text.ts';
import { type DeliveryState, stateAfter } from '../local/api/delivery-state.ts';
import type { AttemptLine } from '../local/consumer-protocol.ts';

const colours = { handled: 'green', ignored: 'dim', duplicate: 'dim', rejected: 'yellow', failed: 'red' } as const;

/** Nobody reads more, and writing them would take time from the deliveries. */
const linesPerTurn = 20;
const turnMs = 100;

/**
 * Prints one line an attempt. Of what comes faster than a person reads, those that did not go well come first and the
 * rest is counted. The first that is rejected of a source says where more about it stands.
 *
 * @param flags What commands need to mean the same project, with a blank before it.
 */
export function createAttemptPrinter(
  write: (text: string) => void,
  flags = '',
): (attempts: readonly AttemptLine[]) => void {
  const told = new Set<string>();
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
      if (kind !== 'rejected' || !attempt.deadLettered || told.has(attempt.source)) continue;
      told.add(attempt.source);
      shown.push(`              why: hookport dlq list ${attempt.source}${flags}`);
    }
    timer ??= setTimeout(flush, turnMs);
  };
}

/** One line of an attempt that has just ended. */
export function describeAttempt(attempt: AttemptLine): string {
  return describeState(stateAfter(attempt), attempt.finishedAt);
}

/** One line. What came from outside is escaped: a terminal would take it for commands. */
export function describeState(state: DeliveryState, at: number = Date.now()): string {
  const { source, eventType, id, durationMs, attempt, outcome, reason, detail, deadLettered } = state;
  const parts = [
    source,
    eventType ?? '-',
    id ?? '-',
    `${Math.round(durationMs)} ms`,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(reason === null ? [] : [`${reason}: ${detail}`]),
    ...(deadLettered ? ['→ dead-letter queue'] : []),
  ];
  const time = new Date(at).toISOString().slice(11, 23);
  const kind = styleText(colours[outcome], outcome.padEnd(9));
  return [time, kind, ...parts.map((part) => escapeControls(part).slice(0, 300))].join('  ');
}
