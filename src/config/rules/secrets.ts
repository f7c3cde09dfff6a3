import { eachSource } from './rule.ts';

const arn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/;
const name = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** How signing secrets look that people paste by mistake. */
const knownPrefixes = /^(whsec_|whsk_|whpk_|pdl_ntfset_|sk_|rk_|shpss_|ghp_|github_pat_|xox|-----BEGIN)/;

/** `secret` names a secret in Secrets Manager; a value there would end up in version control. */
export const secrets = eachSource(({ id, secret }) => {
  if (secret === undefined || arn.test(secret)) return [];
  const path = ['sources', id, 'secret'];
  const advice =
    'name a secret in Secrets Manager, or remove the key and run `hookport secret set`; change the value at the provider if this file was shared';
  if (!name.test(secret) || knownPrefixes.test(secret) || looksRandom(secret))
    return [{ path, message: `this looks like a secret’s value, which must not stand in the YAML; ${advice}` }];
  return [];
});

/** Long, without separators between words, mixing letters and digits: a key, not a name. */
function looksRandom(text: string): boolean {
  return text.split(/[/_.@-]/).some((part) => part.length >= 20 && /\d/.test(part) && /[A-Za-z]/.test(part));
}
