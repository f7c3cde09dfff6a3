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
  for (const [index, origin] of allowOrigins.entries()) {
    const advice = adviceOn(origin);
    if (advice !== undefined)
      findings.push({
        path: ['cors', 'allowOrigins', index],
        message: `no browser sends this as its origin, so it would let in nobody; ${advice}`,
      });
  }
  return findings;
};

/** API Gateway knows these for many; a deploy with another that holds a * is refused. */
const wildcards: ReadonlySet<string> = new Set(['*', 'https://*', 'http://*']);

/** What to write instead of an origin that matches nothing, since origins are compared to the letter. */
function adviceOn(origin: string): string | undefined {
  if (wildcards.has(origin)) return undefined;
  if (origin.includes('*')) return 'name each origin, since a * stands only in "*", "https://*" and "http://*"';
  const sent = URL.parse(origin)?.origin;
  if (sent === origin) return undefined;
  return sent === undefined ? 'write one such as https://app.example.com' : `write ${sent}`;
}
