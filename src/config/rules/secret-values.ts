/** What tells a secret's value from the name of one. */

const arn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/;
const name = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** How signing secrets look that people paste by mistake. */
const knownPrefixes =
  /^(whsec_|whsk_|pdl_ntfset_|sk_(live|test)_|rk_(live|test)_|shp(ss|at|ca|pa)_|gh[oprsu]_|github_pat_|glpat-|xox[abps]-|AKIA[A-Z0-9]{16}$|-----BEGIN )/;

/** What to do about a secret in the YAML. */
export const secretAdvice =
  'name a secret in Secrets Manager, or remove the key and run `hookport secret set`; change the value at the provider if this file was shared';

/** Whether a text where a secret's name belongs is rather its value. */
export function isSecretValue(text: string): boolean {
  if (arn.test(text)) return false;
  return !name.test(text) || knownPrefixes.test(text) || text.endsWith('=') || looksRandom(text);
}

/** Whether a text begins as the secrets of well-known services do. */
export function hasKnownPrefix(text: string): boolean {
  return knownPrefixes.test(text);
}

/** A message that quotes what stands in the file, without a secret that stands there in a name's place. */
export function withoutSecrets(message: string): string {
  // A source's id is its path as well, behind a slash.
  const shown = message.replaceAll(/"([^"]*)"/g, (quoted, text: string) =>
    hasKnownPrefix(text.replace(/^\//, '')) ? '"(a secret’s value)"' : quoted,
  );
  return shown === message ? message : `${shown}; ${secretAdvice}`;
}

/** Whether a text that may be anything looks like a secret. */
export function looksLikeSecret(text: string): boolean {
  return knownPrefixes.test(text) || looksRandom(text);
}

/** Long, without separators between words, mixing letters and digits: a key, not a name. */
function looksRandom(text: string): boolean {
  return text.split(/[/_.@-]/).some((part) => part.length >= 20 && /\d/.test(part) && /[A-Za-z]/.test(part));
}

/** Whether a URL has a user or a password. */
export function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}
