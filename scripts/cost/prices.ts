/**
 * AWS's prices in us-east-1, in US dollars, as third parties published them: AWS's own price pages could not be reached
 * when this was written. Change them here; the tables of docs/deploy.md follow.
 */
export const prices = {
  asOf: 'mid-2026',
  httpApi: { perMillion: 1.0, unitKb: 512 },
  restApi: { perMillion: 3.5 },
  sqs: { perMillion: 0.4, unitKb: 64 },
  eventBridge: { perMillion: 1.0 },
  lambda: { perMillion: 0.2, perGbSecondArm: 0.0000133334, perGbSecondX86: 0.0000166667 },
  logs: { perGb: 0.5 },
  secret: { perMonth: 0.4 },
  alarm: { perMonth: 0.1 },
  /** From memory. */
  metric: { perMonth: 0.3 },
  /** Beyond the account's first three; from memory. */
  dashboard: { perMonth: 3.0 },
} as const;
