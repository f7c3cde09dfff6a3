import { secretVariable } from '../../secrets/variables.ts';

/** A source whose secret `.env` is to have a place for. */
export interface EnvEntry {
  source: string;
  /** Who makes the secret, for the comment. */
  from: string;
}

/**
 * The text of \`.env\` with a place for each secret that it does not name yet. The entries are commented out: a variable
 * that is set and empty means "no secret", while one that is not set has a secret made up for development.
 */
export function withEnvEntries(text: string, entries: readonly EnvEntry[]): string {
  const missing = entries.filter(({ source }) => !names(text, secretVariable(source)));
  if (missing.length === 0) return text;
  const before = text === '' ? intro : text.endsWith('\n') ? text : `${text}\n`;
  return before + missing.map(({ source, from }) => `\n# ${from}\n# ${secretVariable(source)}=\n`).join('');
}

const intro = `# Signing secrets on this machine; they take effect at once, without a restart. Never commit this file.
# While a source has none here, one made up for development counts, on this machine alone. On AWS: hookport secret set
# While you change one at its provider, the one before counts too as NAME_WEBHOOK_SECRET_PREVIOUS.
`;

/** Set, or prepared in a comment. */
function names(text: string, variable: string): boolean {
  return new RegExp(`^[ \\t]*(#[ \\t]*)?(export[ \\t]+)?${variable}[ \\t]*=`, 'm').test(text);
}
