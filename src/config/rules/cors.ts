import { formatDuration } from '../units.ts';
import type { Rule } from './rule.ts';

/** API Gateway's limit. https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html#apis-apiid-model-cors */
const longestMaxAgeSeconds = 86_400;

export const cors: Rule = ({ config }) => {
  const seconds = config.cors?.maxAgeSeconds ?? 0;
  if (seconds <= longestMaxAgeSeconds) return [];
  return [{ path: ['cors', 'maxAge'], message: `maxAge must be 24h at most, not ${formatDuration(seconds)}` }];
};
