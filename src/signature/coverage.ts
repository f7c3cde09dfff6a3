import { isKeyed } from './keyed.ts';
import type { Locator, Scheme } from './scheme.ts';

/** Whether the signature covers the value at a place: only then can nobody but the provider have chosen it. */
export function covers(scheme: Scheme, locator: Locator): boolean {
  if ('jsonAll' in locator) return locator.jsonAll.every((json) => covers(scheme, { json }));
  if (scheme.scheme === 'code') {
    if (scheme.coversValues?.some((covered) => JSON.stringify(covered) === JSON.stringify(locator))) return true;
    return scheme.coversBody && !('header' in locator) && !('query' in locator);
  }
  if (!isKeyed(scheme)) return false;
  return scheme.message.some((part) => {
    if (typeof part === 'string') return false;
    if (part.part === 'header') return 'header' in locator && locator.header === part.name;
    if (part.part === 'query') return 'query' in locator && locator.query === part.name;
    if (part.part === 'json') return 'json' in locator && locator.json === part.path;
    if (part.part === 'sortedForm') return 'form' in locator || 'formJson' in locator;
    return part.part === 'body' && !('header' in locator) && !('query' in locator);
  });
}

/** Whether the signature covers every byte of the body. */
export function coversBody(scheme: Scheme): boolean {
  if (scheme.scheme === 'code') return scheme.coversBody;
  return isKeyed(scheme) && scheme.message.some((part) => typeof part === 'object' && part.part === 'body');
}
