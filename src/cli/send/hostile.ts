import { styleText } from 'node:util';
import type { Sample } from '../../catalogue/provider.ts';
import type { DeliveryState } from '../../local/api/delivery-state.ts';
import { escapeControls } from '../../terminal-text.ts';
import { isAsExpected } from '../../sending/hostile/judge.ts';
import { describeExpectation, type Expectation, type HostileMode } from '../../sending/hostile/mode.ts';
import { type HostileModeName, hostileModes } from '../../sending/hostile/modes.ts';
import { type Answered, post } from '../../sending/post.ts';
import { facts } from '../table.ts';
import { fatesOf } from './outcomes.ts';
import type { Sent } from './sent.ts';
import type { Target } from './target.ts';

/** What one mode came to. */
export interface HostileReport {
  mode: HostileModeName;
  event: string;
  /** Why nothing was sent; null where something was. */
  inapplicable: string | null;
  requests: HostileResult[];
}

export interface HostileResult extends Omit<Answered, 'why'> {
  what: string;
  expected: Expectation;
  why: string | undefined;
  delivery: Sent['delivery'];
  /** Null while it is not known what became of it. */
  asExpected: boolean | null;
}

/** Sends what a mode makes of a sample, one request after the other, and waits for what becomes of each. */
export async function sendHostile(target: Target, name: HostileModeName, sample: Sample): Promise<HostileReport> {
  const mode: HostileMode = hostileModes[name];
  const report = { mode: name, event: sample.event, requests: [] as HostileResult[] };
  const inapplicable = mode.inapplicable?.(target.sender);
  if (inapplicable !== undefined) return { ...report, inapplicable };
  for (const { what, expected, ...request } of await mode.make({ ...target.sender, now: Date.now() }, sample)) {
    const headers = { ...request.headers, ...target.entrance };
    const answered = await post(target.url, { ...request, headers });
    const [delivery] = await fatesOf([answered], target.source, target.api);
    const asExpected = isAsExpected(expected, answered, delivery === 'paused' ? undefined : delivery) ?? null;
    report.requests.push({ ...answered, what, expected, delivery, asExpected });
  }
  return { ...report, inapplicable: null };
}

/** Whether the platform did what it must, as far as something was sent. */
export function stoodFirm({ requests }: HostileReport): boolean {
  return requests.every(({ asExpected }) => asExpected === true);
}

/** One line for each request: what was sent, what was answered, and what became of it. */
export function describeHostile(
  { source, url }: Target,
  { mode, event, inapplicable, requests }: HostileReport,
): string {
  const head = `${source.id}: ${event} --${mode}`;
  if (inapplicable !== null) return `${head} does not apply: ${inapplicable}`;
  const rows = requests.map((request) => [request.what, answerOf(request), `${fateOf(request)} ${verdictOn(request)}`]);
  return `${head} → ${url}\n${facts(rows, '  ')}`;
}

function answerOf({ status, why }: HostileResult): string {
  const answer = status === 0 ? 'no answer' : String(status);
  return why === undefined ? answer : `${answer} ${escapeControls(why.split(':')[0] ?? '')}`;
}

function fateOf({ messageId, delivery }: HostileResult): string {
  if (messageId === undefined) return 'nothing kept';
  if (delivery === undefined) return 'kept';
  if (delivery === 'waiting') return 'waiting in the queue, for you to verify';
  if (delivery === 'paused') return 'waiting: the source is paused';
  return describeDelivery(delivery);
}

function describeDelivery({ outcome, reason }: DeliveryState): string {
  return reason === null ? outcome : `${outcome}: ${reason}`;
}

function verdictOn({ asExpected, expected }: HostileResult): string {
  if (asExpected === true) return styleText('green', '— as expected');
  const wanted = describeExpectation(expected);
  if (asExpected === false) return styleText('red', `— NOT as expected: ${wanted}`);
  return styleText('yellow', `— not known here what became of it; expected: ${wanted}`);
}
