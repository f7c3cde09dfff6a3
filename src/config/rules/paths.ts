import type { Finding } from '../issue.ts';
import type { Rule } from './rule.ts';

/** API Gateway keeps these for itself on custom domains. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html */
const reserved = new Set(['/ping', '/sping']);

/** `hookport doctor` has its routes below it. */
const own = /^\/_hookport(\/|$)/;

/** Each source has a path of its own that an HTTP API takes as a route. */
export const paths: Rule = ({ config, raw }) => {
  const findings: Finding[] = [];
  const bySource = new Map<string, string>();
  for (const { id, path } of config.sources) {
    const place = raw.sources[id]?.path === undefined ? (['sources', id] as const) : (['sources', id, 'path'] as const);
    const at = raw.sources[id]?.path === undefined ? 'key' : 'value';
    const find = (message: string) => findings.push({ path: place, at, message });
    if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(path))
      find(`path "${path}" must start with "/", not end with it, and consist of letters, digits and . _ ~ -`);
    else if (path.split('/').some((part) => part === '.' || part === '..'))
      find(`path "${path}" must not hold . or ..`);
    if (reserved.has(path)) find(`path "${path}" is reserved by API Gateway; set another \`path\``);
    if (own.test(path)) find(`path "${path}" is one of Hookport's own, as all below /_hookport; set another \`path\``);
    const other = bySource.get(path);
    if (other === undefined) bySource.set(path, id);
    else find(`sources "${other}" and "${id}" have the same path "${path}"; give one another \`path\``);
  }
  return findings;
};
