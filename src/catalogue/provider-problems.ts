import { covers } from '../signature/coverage.ts';
import type { Locator } from '../signature/scheme.ts';
import { type Problem, schemeProblems } from '../signature/scheme-problems.ts';
import { mappedHeaders } from './mapped-headers.ts';
import { mappedQuery } from './mapped-query.ts';
import type { Provider } from './provider.ts';
import { schemesOf } from './scheme-of.ts';

/** What is wrong with a definition beyond its types, each with the keys that lead to it; nothing if it is sound. */
export function providerProblems(provider: Provider): Problem[] {
  const problems: Problem[] = [];
  const need = (holds: boolean, path: Problem['path'], problem: string) => {
    if (!holds) problems.push({ path, problem });
  };
  const { id, name, docs, checkedAt, eventType, items, retry, deliveryId } = provider;
  need(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id), [], `id is not kebab-case: "${id}"`);
  need(name !== '', ['name'], 'name is empty');
  need(docs === undefined || (URL.canParse(docs) && docs.startsWith('https:')), ['docs'], 'docs is not an https URL');
  need(checkedAt === undefined || isDate(checkedAt), ['checkedAt'], 'checkedAt is not a date such as 2026-01-31');
  need(eventType.length > 0 || items?.type !== undefined, ['eventType'], 'eventType names no place');
  const horizon = retry.horizonSeconds;
  need(
    Number.isInteger(horizon) && horizon >= 0 && horizon <= longestMemorySeconds,
    ['retry', 'horizonSeconds'],
    `retry.horizonSeconds must be a whole number from 0 to ${longestMemorySeconds} (365d), for which \`deduplicate\` remembers a delivery at most; not ${horizon}`,
  );
  const kept = Object.keys(provider.headers);
  for (const header of kept) {
    const path = ['headers', header];
    need(header === header.toLowerCase(), path, `headers: "${header}" is not a header name in lower case`);
    need(
      headerName.test(header),
      path,
      `headers: "${header}" is not a name of letters, digits, "-", "_" and ".", which alone a mapping can hold`,
    );
  }
  const keptQuery = Object.keys(provider.query ?? {});
  for (const parameter of keptQuery)
    need(
      parameterName.test(parameter),
      ['query', parameter],
      `query: "${parameter}" is not a name of letters, digits, "-" and "_", which alone API Gateway is known to map`,
    );
  const schemes = Object.entries(schemesOf(provider));
  need(schemes.length > 0, ['verify'], 'verify names no scheme');
  for (const [alternative, scheme] of schemes) {
    const at = 'alternatives' in provider.verify ? ['verify', 'alternatives', alternative] : ['verify'];
    // An object has such keys first, wherever they were written.
    need(!/^\d+$/.test(alternative), at, 'a name that is a number would make it the default; begin it with a letter');
    const several = 'signature' in scheme ? scheme.signature.headers : undefined;
    need(
      !several?.length || several.some((header) => provider.headers[header] !== 'sometimes'),
      [...at, 'signature', 'headers'],
      'none of these headers is kept, since what comes `sometimes` is not mapped: the first must be `always`',
    );
    problems.push(
      ...schemeProblems(scheme, kept, keptQuery).map(({ path, problem }) => ({ path: [...at, ...path], problem })),
    );
  }
  need(
    eventType.length === 0 || items?.type !== undefined || eventType.some((locator) => isMapped(locator, provider)),
    ['eventType'],
    'eventType names no place that is kept, since what comes `sometimes` is not mapped: no delivery would have a type',
  );
  for (const fact of provider.unconfirmed ?? [])
    need(
      fact === 'retry' || provider.limits?.[fact] !== undefined,
      ['unconfirmed'],
      `unconfirmed names ${fact}, which limits lacks`,
    );
  const way = items?.verify;
  need(
    way === undefined || schemes.some(([alternative]) => alternative === way),
    ['items', 'verify'],
    `items.verify names no way of signing: "${way}"`,
  );
  for (const { path, locator } of locators(provider)) {
    if ('header' in locator)
      need(kept.includes(locator.header), path, `the header ${locator.header} is read and not kept in headers`);
    if ('query' in locator)
      need(
        keptQuery.includes(locator.query),
        path,
        `the query parameter ${locator.query} is read and not kept in query`,
      );
  }
  if (deliveryId !== 'hash' && deliveryId.signed)
    need(
      schemes.some(([, scheme]) => deliveryId.at.some((locator) => covers(scheme, locator))),
      ['deliveryId', 'signed'],
      'deliveryId: no scheme covers any of its places',
    );
  return problems;
}

/** For how long a delivery can be remembered: it takes room, and no provider sends again after a year. */
export const longestMemorySeconds = 365 * 86_400;

/** Whether what stands there reaches a delivery by at least one of the ways of signing. */
function isMapped(locator: Locator, provider: Provider): boolean {
  return Object.values(schemesOf(provider)).some((scheme) => {
    if ('header' in locator) return mappedHeaders(provider, scheme)[locator.header] !== 'sometimes';
    return !('query' in locator) || mappedQuery(provider, scheme)[locator.query] !== 'sometimes';
  });
}

/** A name with another character might end the variable in the mapping, or be read as a path. */
const parameterName = /^[A-Za-z0-9_-]{1,128}$/;

/** HTTP allows more, which nobody sends; what API Gateway would make of it in a mapping is not known, and here it cannot be mapped. */
const headerName = /^[A-Za-z0-9._-]+$/;

/** Every place that the definition reads, and where it says so. */
function locators({ eventType, deliveryId, occurredAt = [] }: Provider): { path: Problem['path']; locator: Locator }[] {
  const ids = deliveryId === 'hash' ? [] : deliveryId.at;
  return [
    ...eventType.map((locator, index) => ({ path: ['eventType', index], locator })),
    ...ids.map((locator, index) => ({ path: ['deliveryId', 'at', index], locator })),
    ...occurredAt.map(({ at: locator }, index) => ({ path: ['occurredAt', index, 'at'], locator })),
  ];
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
