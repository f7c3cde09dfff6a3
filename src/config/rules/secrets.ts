import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';
import { hasCredentials, hasKnownPrefix, isSecretValue, secretAdvice } from './secret-values.ts';

/**
 * `secret` names a secret in Secrets Manager; a value there would end up in version control. No message repeats what it
 * found.
 */
export const secrets = eachSource(({ id, secret, publicUrl, function: { environment = {} }, worker }, { raw }) => {
  const findings: Finding[] = [];
  if (secret !== undefined && isSecretValue(secret))
    findings.push({
      path: ['sources', id, 'secret'],
      message: `this looks like a secret’s value, which must not stand in the YAML; ${secretAdvice}`,
    });
  if (publicUrl !== undefined && hasCredentials(publicUrl))
    findings.push({
      path: ['sources', id, 'publicUrl'],
      message: 'a URL with a user or password must not stand in the YAML; write it without them',
    });
  for (const [key, variables] of [
    ['function', environment],
    ['worker', worker?.environment ?? {}],
  ] as const)
    for (const [variable, value] of Object.entries(variables))
      if (hasKnownPrefix(value))
        findings.push({
          path: placeOf(raw, id, [key, 'environment', variable]),
          message: `"${variable}" looks like a secret’s value, which must not stand in the YAML; let the handler read it from Secrets Manager`,
        });
  return findings;
});
