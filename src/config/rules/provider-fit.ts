import { schemesOf } from '../../catalogue/scheme-of.ts';
import { needsOf } from '../../signature/needs.ts';
import type { Finding } from '../issue.ts';
import { eachSource } from './rule.ts';

/** What the provider needs of a source, and whether a direct endpoint can serve it at all. */
export const providerFit = eachSource((source, { provider }) => {
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
  return findings;
});
