import { formatDuration } from '../units.ts';
import type { Finding } from '../issue.ts';
import type { Rule } from './rule.ts';

/** API Gateway's limit. https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html#apis-apiid-model-cors */
const longestMaxAgeSeconds = 86_400;

export const cors: Rule = ({ config }) => {
  const findings: Finding[] = [];
  const { maxAgeSeconds = 0, allowCredentials = false, allowOrigins = [] } = config.cors ?? {};
  if (maxAgeSeconds > longestMaxAgeSeconds)
    findings.push({
      path: ['cors', 'maxAge'],
      message: `maxAge must be 24h at most, not ${formatDuration(maxAgeSeconds)}`,
    });
  // Neither API Gateway nor a browser takes both.
  if (allowCredentials && allowOrigins.includes('*'))
    findings.push({
      path: ['cors', 'allowCredentials'],
      message: 'credentials cannot be allowed to every origin; name the origins, or write "https://*"',
    });
  return findings;
};
