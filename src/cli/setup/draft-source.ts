import type { Provider, ProviderGuide } from '../../catalogue/provider.ts';
import { findScheme, schemesOf } from '../../catalogue/scheme-of.ts';
import { HookportError } from '../../errors.ts';
import type { Scheme } from '../../signature/scheme.ts';
import { needsOf } from '../../signature/needs.ts';
import { describeScheme } from '../describe-scheme.ts';
import { askOne, askText, askYesNo } from '../prompts.ts';
import { sameProject, shellWord } from '../running.ts';
import type { SourceEntry } from './source-entry.ts';

/** What the command line says of a source already. */
export interface DraftOptions {
  verify?: string;
  publicUrl?: string;
  unverified?: true;
  /** False: the queue is consumed from outside. */
  handler?: boolean;
  /** As `--config` named it. @default the project's own */
  config?: string;
}

/**
 * What the YAML must say of a source of this provider. What is missing is asked for, if somebody is there.
 *
 * @param ask Whether questions may be asked.
 * @throws HookportError `usage` naming the option that is missing, or why the provider is no direct source; `cancelled`
 */
export async function draftSource(
  provider: Provider,
  id: string,
  options: DraftOptions,
  ask: boolean,
): Promise<SourceEntry> {
  if (provider.direct?.supported === false)
    throw new HookportError('usage', `${provider.name} cannot be a source: ${provider.direct.reason}`);
  const verify = await chooseWay(provider, options, ask);
  const scheme = findScheme(provider, verify);
  return {
    id,
    provider: provider.id,
    verify,
    handler: options.handler === false ? undefined : `src/handlers/${id}.ts`,
    publicUrl: scheme && needsOf(scheme).url ? await choosePublicUrl(provider, id, options, ask) : undefined,
    unverified: scheme?.scheme === 'none' ? await chooseUnverified(provider, id, options, ask) : undefined,
  };
}

/** @returns undefined for the first, which needs no word in the YAML */
async function chooseWay(provider: Provider, { verify }: DraftOptions, ask: boolean): Promise<string | undefined> {
  const ways = Object.entries(schemesOf(provider));
  if (verify !== undefined) {
    if (ways.some(([way]) => way === verify && way !== '')) return verify;
    const known = ways.map(([way]) => way).filter(Boolean);
    const those = known.length === 0 ? 'it has one way alone' : `it has ${known.join(', ')}`;
    throw new HookportError('usage', `${provider.name} has no way of signing called "${verify}"; ${those}`);
  }
  if (ways.length < 2 || !ask) return undefined;
  const choices = ways.map(([value, scheme]) => ({ value, label: value, hint: describeScheme(scheme) }));
  const chosen = await askOne(`How does ${provider.name} sign for you?`, choices);
  return chosen === ways[0]?.[0] ? undefined : chosen;
}

async function choosePublicUrl(provider: Provider, id: string, options: DraftOptions, ask: boolean): Promise<string> {
  const problem = (text: string) =>
    /^https?:\/\/\S+$/.test(text) ? undefined : 'a URL, such as https://hooks.example.com/x';
  if (options.publicUrl !== undefined) {
    const wrong = problem(options.publicUrl);
    if (wrong !== undefined) throw new HookportError('usage', `--public-url must be ${wrong}`);
    return options.publicUrl;
  }
  if (!ask)
    throw new HookportError(
      'usage',
      `${provider.name} signs the URL: ${addCommand(provider, id, options)} --public-url <the URL exactly as you type it there>`,
    );
  return askText({
    message: `${provider.name} signs the URL. Which one do you type there, exactly?`,
    placeholder: `https://hooks.example.com/${id}`,
    problem,
  });
}

async function chooseUnverified(provider: Provider, id: string, options: DraftOptions, ask: boolean): Promise<true> {
  const question = `Nothing tells who sends "${provider.id}". Take what anyone posts to /${id}?`;
  if (options.unverified === true || (ask && (await askYesNo(question)))) return true;
  throw new HookportError(
    'usage',
    `nothing tells who sends "${provider.id}": ${addCommand(provider, id, options)} --unverified takes what anyone posts, or write the source with \`authorize\` into the YAML`,
  );
}

/** What was called, for whoever adds to it; after `init`, what adds the source alone. */
export function addCommand(
  provider: Provider,
  id: string,
  { verify, publicUrl, unverified, handler, config }: DraftOptions,
): string {
  return [
    `hookport add ${provider.id}`,
    ...(id === provider.id ? [] : [id]),
    ...(verify === undefined ? [] : ['--verify', verify]),
    ...(publicUrl === undefined ? [] : ['--public-url', shellWord(publicUrl)]),
    ...(unverified === true ? ['--unverified'] : []),
    ...(handler === false ? ['--no-handler'] : []),
  ]
    .join(' ')
    .concat(config === undefined ? '' : sameProject({ config }));
}

const makers = {
  provider: () => 'shows it to you when you register the URL',
  you: (scheme: Scheme | undefined) => `takes one that you make up: \`${commandFor(scheme)}\``,
  publicKey: () => 'gives a public key',
} as const;

/** What makes a secret in the form that the scheme takes. */
function commandFor(scheme: Scheme | undefined): string {
  if (scheme?.scheme === 'code' && scheme.secretLike) return commandFor(scheme.secretLike);
  if (scheme?.scheme === 'basic') return 'echo "hookport:$(openssl rand -hex 32)"';
  if (scheme?.scheme !== 'hmac' || scheme.key === 'utf8' || scheme.key === 'hex') return 'openssl rand -hex 32';
  return scheme.key === 'whsec' ? 'echo "whsec_$(openssl rand -base64 32)"' : 'openssl rand -base64 32';
}

/**
 * Who makes a provider's secret, as a sentence; undefined where there is none.
 *
 * @param verify The source's way of signing. @default the provider's first
 */
export function whoMakesSecret(
  provider: Provider,
  guide: ProviderGuide | undefined,
  verify?: string,
): string | undefined {
  const from = guide?.secretFrom;
  const scheme = findScheme(provider, verify);
  if (from === undefined || from === 'none' || scheme?.scheme === 'none') return undefined;
  return `${provider.name} ${makers[scheme?.scheme === 'publicKey' && from === 'you' ? 'publicKey' : from](scheme)}.`;
}
