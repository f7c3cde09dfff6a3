import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

const arn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/;
const name = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** How signing secrets look that people paste by mistake. */
const knownPrefixes =
  /^(whsec_|whsk_|pdl_ntfset_|sk_(live|test)_|rk_(live|test)_|shpss_|shpat_|gh[opsu]_|github_pat_|glpat-|xox[abps]-|AKIA[A-Z0-9]{16}$|-----BEGIN )/;

const advice =
  'name a secret in Secrets Manager, or remove the key and run `hookport secret set`; change the value at the provider if this file was shared';

/**
 * `secret` names a secret in Secrets Manager; a value there would end up in version control. No message repeats what it
 * found.
 */
export const secrets = eachSource(({ id, secret, publicUrl, function: { environment = {} } }, { raw }) => {
  const findings: Finding[] = [];
  if (secret !== undefined && !arn.test(secret) && isValue(secret))
    findings.push({
      path: ['sources', id, 'secret'],
      message: `this looks like a secret’s value, which must not stand in the YAML; ${advice}`,
    });
  if (publicUrl !== undefined && hasCredentials(publicUrl))
    findings.push({
      path: ['sources', id, 'publicUrl'],
      message: 'a URL with a user or password must not stand in the YAML; write it without them',
    });
  for (const [variable, value] of Object.entries(environment))
    if (knownPrefixes.test(value))
      findings.push({
        path: placeOf(raw, id, ['function', 'environment', variable]),
        message: `"${variable}" looks like a secret’s value, which must not stand in the YAML; let the handler read it from Secrets Manager`,
      });
  return findings;
});

function isValue(text: string): boolean {
  return !name.test(text) || knownPrefixes.test(text) || text.endsWith('=') || looksRandom(text);
}

/** Long, without separators between words, mixing letters and digits: a key, not a name. */
function looksRandom(text: string): boolean {
  return text.split(/[/_.@-]/).some((part) => part.length >= 20 && /\d/.test(part) && /[A-Za-z]/.test(part));
}

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}
