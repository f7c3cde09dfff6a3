import { HookportError } from '../errors.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { Provider } from './provider.ts';
import { providerProblems } from './provider-problems.ts';

/** A provider that comes with Hookport says where its facts are from. */
export type DocumentedProvider = Provider & Required<Pick<Provider, 'docs' | 'checkedAt'>>;

/**
 * Checks a provider's definition and gives it back frozen, so that a mistake shows when it is loaded and not when the
 * first webhook arrives.
 *
 * @throws HookportError `provider_invalid` with everything that is wrong
 */
export function defineProvider<const P extends DocumentedProvider>(provider: P): P {
  const problems = providerProblems(provider);
  if (problems.length === 0) return deepFreeze(provider);
  const text = problems.map(({ path, problem }) => (path[0] === 'verify' ? `${path.join('.')}: ${problem}` : problem));
  throw new HookportError('provider_invalid', `provider "${provider.id}": ${text.join('; ')}`);
}
