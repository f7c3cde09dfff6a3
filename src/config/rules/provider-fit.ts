import type { Provider } from '../../catalogue/provider.ts';
import { schemesOf } from '../../catalogue/scheme-of.ts';
import type { Scheme } from '../../signature/scheme.ts';
import { needsOf } from '../../signature/needs.ts';
import { checksTime } from '../../signature/tolerance.ts';
import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

/** What the provider needs of a source, and whether a direct endpoint can serve it at all. */
export const providerFit = eachSource((source, { provider, raw }) => {
  if (!provider) return [];
  const findings: Finding[] = [];
  const path = ['sources', source.id, 'provider'];
  if (provider.direct?.supported === false) findings.push({ path, message: provider.direct.reason });
  const schemes = schemesOf(provider);
  const name = source.verify ?? Object.keys(schemes)[0] ?? '';
  const scheme = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  if (scheme && needsOf(scheme).url && source.publicUrl === undefined)
    findings.push({
      path,
      message: `${provider.name} signs the URL; set \`publicUrl\` to the URL exactly as you typed it there`,
    });
  if (scheme && !checksTime(scheme) && raw.sources[source.id]?.tolerance !== undefined)
    findings.push({
      path: ['sources', source.id, 'tolerance'],
      message: `${provider.name} signs no timestamp, so a tolerance has no effect; remove this key`,
    });
  // A request with a wanted and an unwanted event would be dropped whole.
  if (source.events && scheme && mixesTypes(provider, name, scheme))
    findings.push({
      path: placeOf(raw, source.id, ['events']),
      message: `${provider.name} sends several events in one request, among which \`events\` cannot choose; choose in the handler`,
    });
  return findings;
});

/** Whether requests that are verified this way may carry events of several types. */
function mixesTypes({ items }: Provider, name: string, scheme: Scheme): boolean {
  if (items?.type === undefined || (items.verify !== undefined && items.verify !== name)) return false;
  const signs = scheme.scheme === 'code' ? scheme.secretLike : scheme;
  return !(signs?.scheme === 'hmac' && signs.onlyItem !== undefined);
}
