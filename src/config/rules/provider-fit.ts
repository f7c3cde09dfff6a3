import { schemesOf } from '../../catalogue/scheme-of.ts';
import { needsOf } from '../../signature/needs.ts';
import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

/** What the provider needs of a source, and whether a direct endpoint can serve it at all. */
export const providerFit = eachSource((source, { provider, raw }) => {
  if (!provider) return [];
  const findings: Finding[] = [];
  const path = ['sources', source.id, 'provider'];
  if (provider.direct?.supported === false) findings.push({ path, message: provider.direct.reason });
  const schemes = schemesOf(provider);
  const scheme = schemes[source.verify ?? Object.keys(schemes)[0] ?? ''];
  if (scheme && needsOf(scheme).url && source.publicUrl === undefined)
    findings.push({
      path,
      message: `${provider.name} signs the URL; set \`publicUrl\` to the URL exactly as you typed it there`,
    });
  // A request with a wanted and an unwanted event would be dropped whole.
  if (provider.items && source.events)
    findings.push({
      path: placeOf(raw, source.id, 'events'),
      message: `${provider.name} sends several events in one request, among which \`events\` cannot choose; choose in the handler`,
    });
  return findings;
});
