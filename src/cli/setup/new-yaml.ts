import { stringify } from 'yaml';
import { linesOf } from './add-to-yaml.ts';
import type { SourceEntry } from './source-entry.ts';

/** A configuration of these sources. */
export function newYaml(name: string, entries: readonly SourceEntry[]): string {
  const sources = entries.map((entry) => {
    const [head = '', ...rest] = linesOf(entry);
    return [`${head} # → POST /${entry.id}`, ...rest].map((line) => `  ${line}\n`).join('');
  });
  return `${head}name: ${stringify(name).trim()}\n\n${hints}\nsources:\n${sources.join('\n')}`;
}

const head = `# yaml-language-server: $schema=./webhooks.schema.json
# The sources that Hookport takes in; the one file to edit. \`npx hookport validate\` checks it, \`npx hookport urls\` tells
# what to paste into each provider's dashboard. Secrets never stand here: see .env.
`;

const hints = `# domain: # without it, AWS's own URL serves
#   name: hooks.example.com
#   hostedZone: { id: Z0123456789ABC, name: example.com }
`;
