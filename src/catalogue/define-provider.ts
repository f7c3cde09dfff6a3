import { HookportError } from '../errors.ts';
import type { Problem } from '../signature/scheme-problems.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { Provider } from './provider.ts';
import { providerProblems } from './provider-problems.ts';
import { schemesOf } from './scheme-of.ts';

/** A provider that comes with Hookport says where its facts are from. */
export type DocumentedProvider = Provider & Required<Pick<Provider, 'docs' | 'checkedAt'>>;

/** Carries the definition, of which its schema may tell more. */
export class InvalidProvider extends HookportError {
  readonly definition: unknown;

  constructor(message: string, definition: unknown) {
    super('provider_invalid', message);
    this.definition = definition;
  }
}

/**
 * Checks a provider's definition and gives it back frozen, so that a mistake shows when it is loaded and not when the
 * first webhook arrives.
 *
 * @throws InvalidProvider `provider_invalid` with everything that is wrong
 */
export function defineProvider<const P extends DocumentedProvider>(provider: P): P {
  const problems = problemsOf(provider);
  if (problems.length === 0) return deepFreeze(provider);
  const text = problems.map(({ path, problem }) => (path[0] === 'verify' ? `${path.join('.')}: ${problem}` : problem));
  throw new InvalidProvider(`provider "${provider.id}": ${text.join('; ')}`, provider);
}

const schemeKinds: ReadonlySet<string> = new Set(['hmac', 'publicKey', 'token', 'basic', 'none', 'code']);

/** Types are checked nowhere when a file runs, so what reads a definition may trip over it. */
function problemsOf(provider: Provider): Problem[] {
  try {
    const known = Object.values(schemesOf(provider)).every(({ scheme }) => schemeKinds.has(scheme));
    if (known) return providerProblems(provider);
  } catch {
    // Whatever it tripped over, the schema tells it in words.
  }
  const id: unknown = (provider as Partial<Provider> | undefined)?.id;
  const which = typeof id === 'string' ? `provider "${id}"` : 'a provider without an id';
  throw new InvalidProvider(`${which} is not in the form of a definition; \`hookport validate\` says where`, provider);
}
