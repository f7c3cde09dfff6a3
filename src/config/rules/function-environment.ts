import type { SourceConfig } from '../config.ts';

/** Of all variables together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maxEnvironmentBytes = 4096;

/** Lambda measures the JSON of all variables, with quotes and escapes: its refusal shows the text that it measured. */
export function functionEnvironmentBytes(stack: string, source: SourceConfig): number {
  const variables = { ...source.function.environment, ...ownVariables(stack, source) };
  return Buffer.byteLength(JSON.stringify(variables));
}

/** What `infra/constructs/consumer.ts` sets, with the longest names that AWS may give; a test compares the two. */
function ownVariables(stack: string, { id, secret, unverified, forward, deduplicate }: SourceConfig) {
  const queue = `https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/${stack}-${id}`;
  return {
    NODE_OPTIONS: '--enable-source-maps',
    HOOKPORT_STACK: stack,
    HOOKPORT_QUEUE_URL: queue,
    HOOKPORT_DEAD_LETTER_QUEUE_URL: `${queue}-dlq`,
    ...(!unverified && { HOOKPORT_SECRET_ID: secret ?? `${stack}/${id}` }),
    ...(forward?.http && { HOOKPORT_FORWARD_SECRET_ID: forward.http.secret ?? `${stack}/${id}/forward` }),
    ...(forward?.queue && { HOOKPORT_VERIFIED_QUEUE_URL: `${queue}-verified` }),
    ...(deduplicate !== false && { HOOKPORT_DEDUPLICATION_TABLE: `${stack}-DeduplicationTable12345678-1ABCDEFGHIJKL` }),
  };
}
