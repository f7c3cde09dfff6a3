import { HookportError } from '../errors.ts';
import { covers } from '../signature/coverage.ts';
import type { Locator, Scheme } from '../signature/scheme.ts';
import { schemeProblems } from '../signature/scheme-problems.ts';
import type { Provider } from './provider.ts';
import { schemesOf } from './scheme-of.ts';

/**
 * Checks a provider's definition and gives it back frozen, so that a mistake shows when it is loaded and not when the
 * first webhook arrives.
 *
 * @throws HookportError `provider_invalid` with everything that is wrong
 */
export function defineProvider<const P extends Provider>(provider: P): P {
  const problems = providerProblems(provider);
  if (problems.length === 0) return deepFreeze(provider);
  throw new HookportError('provider_invalid', `provider "${provider.id}": ${problems.join('; ')}`);
}

const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

function providerProblems(provider: Provider): string[] {
  const problems: string[] = [];
  const need = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  need(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(provider.id), 'id is not kebab-case');
  need(provider.name !== '', 'name is empty');
  need(URL.canParse(provider.docs) && provider.docs.startsWith('https:'), 'docs is not an https URL');
  need(isDate(provider.checkedAt), 'checkedAt is not a date such as 2026-01-31');
  need(provider.eventType.length > 0 || provider.items?.type !== undefined, 'eventType names no place');
  need(provider.retry.horizonSeconds >= 0, 'retry.horizonSeconds is negative');
  const kept = Object.keys(provider.headers);
  for (const name of kept) need(headerName.test(name), `headers: "${name}" is not a header name in lower case`);
  const schemes = Object.entries(schemesOf(provider));
  need(schemes.length > 0, 'verify names no scheme');
  for (const [alternative, scheme] of schemes) {
    const at = alternative === '' ? 'verify' : `verify.${alternative}`;
    problems.push(...schemeProblems(scheme, kept).map((problem) => `${at}: ${problem}`));
  }
  for (const locator of locators(provider))
    if ('header' in locator)
      need(kept.includes(locator.header), `the header ${locator.header} is read and not kept in headers`);
  if (provider.deliveryId !== 'hash' && provider.deliveryId.signed)
    need(
      coversId(Object.values(schemesOf(provider)), provider.deliveryId),
      'deliveryId: no scheme covers any of its places',
    );
  return problems;
}

function locators(provider: Provider): Locator[] {
  const ids = provider.deliveryId === 'hash' ? [] : provider.deliveryId.at;
  return [...provider.eventType, ...ids];
}

function coversId(schemes: readonly Scheme[], { at }: Exclude<Provider['deliveryId'], 'hash'>): boolean {
  return schemes.some((scheme) => at.some((locator) => covers(scheme, locator)));
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
