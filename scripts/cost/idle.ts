import { prices } from './prices.ts';
import type { Item } from './webhooks.ts';

/** An event source mapping with `maxConcurrency` keeps five pollers, each with a long poll of 20 seconds. */
const pollers = 5;
const pollSeconds = 20;
const monthSeconds = 30 * 86_400;

/** What each thing costs in a month in which nothing arrives. */
export function idleCosts(): Item[] {
  const receives = (pollers * monthSeconds) / pollSeconds;
  return [
    { what: 'each secret', arithmetic: '', dollars: prices.secret.perMonth },
    {
      what: 'each consumer’s polling',
      arithmetic:
        `${pollers} pollers × one receive in ${pollSeconds} s × 30 days = ${receives.toLocaleString('en-US')} × ` +
        `$${prices.sqs.perMillion.toFixed(2)}/M (idle pollers do not shrink while \`concurrency\` bounds the mapping)`,
      dollars: (receives / 1_000_000) * prices.sqs.perMillion,
    },
    {
      what: 'each alarm',
      arithmetic: '2 to 4 for a source with `alarms`, 1 for one with `expectEvery` alone, 3 for the API',
      dollars: prices.alarm.perMonth,
    },
    {
      what: 'each metric that was reported in the month',
      arithmetic: 'about 8 for a source that gets deliveries, and as many for its route †',
      dollars: prices.metric.perMonth,
    },
    { what: 'the dashboard', arithmetic: 'beyond the account’s first three †', dollars: prices.dashboard.perMonth },
  ];
}

/** What it costs to take a million webhooks of at most 64 KB in, by other designs too. */
export function ingressCosts(): Item[] {
  const { httpApi, restApi, sqs, lambda, eventBridge } = prices;
  const front = 1_000_000 * 0.03 * 0.25 * lambda.perGbSecondX86;
  const sum = (what: string, ...parts: number[]): Item => ({
    what,
    arithmetic: parts.map((part) => part.toFixed(2)).join(' + '),
    dollars: parts.reduce((all, part) => all + part, 0),
  });
  return [
    sum('**HTTP API → SQS, as here**', httpApi.perMillion, sqs.perMillion),
    sum('HTTP API → Lambda (256 MB, 30 ms) → SQS', httpApi.perMillion, lambda.perMillion, front, sqs.perMillion),
    sum(
      'Lambda function URL → SQS (no domain of one’s own without CloudFront)',
      lambda.perMillion,
      front,
      sqs.perMillion,
    ),
    sum('REST API → SQS', restApi.perMillion, sqs.perMillion),
    sum('HTTP API → EventBridge → SQS', httpApi.perMillion, eventBridge.perMillion, sqs.perMillion),
  ];
}
