import { eachSource } from './rule.ts';
import { hasCredentials } from './secret-values.ts';

/** The URL that a provider signs is one that it can post to. The text counts to the letter, so nothing is put right here. */
export const publicUrl = eachSource(({ id, publicUrl: url }) => {
  const problem = url === undefined || hasCredentials(url) ? undefined : problemOf(url);
  return problem === undefined ? [] : [{ path: ['sources', id, 'publicUrl'], message: `publicUrl ${problem}` }];
});

function problemOf(text: string): string | undefined {
  const url = URL.parse(text);
  const [, host] = /^https?:\/\/([^/?#\\]+)/.exec(text) ?? [];
  if (!url || host === undefined || text.includes('\\'))
    return 'is no URL; write it exactly as it stands at the provider, such as https://hooks.example.com/github';
  if (text.includes('#')) return 'has a part from "#" on, which no request carries; write it without';
  if (/[^\x21-\x7e]/.test(host))
    return `has a host with letters beyond ASCII, under which nobody is called; write ${url.host}, here and at the provider`;
  return undefined;
}
