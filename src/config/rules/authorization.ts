import { credentialHeaders } from '../../signature/credentials.ts';
import { findScheme } from '../../catalogue/scheme-of.ts';
import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

/** Who may post to a source, and that one without a signature is meant to be so. */
export const authorization = eachSource((source, { provider, raw, mistakes }) => {
  const { id, authorize, unverified, verify } = source;
  const findings: Finding[] = [];
  const unverifiedPath = ['sources', id, 'unverified'];
  if (authorize && !isIssuer(authorize.jwt.issuer))
    findings.push({
      path: placeOf(raw, id, ['authorize', 'jwt', 'issuer']),
      message: 'the issuer must be an https URL, such as a user pool’s; http is for one on this machine alone',
    });
  if (authorize && unverified)
    findings.push({ path: unverifiedPath, message: '`authorize` decides who may post; remove this key' });
  if (!provider) return findings;
  const scheme = findScheme(provider, verify);
  if (!scheme) return findings;
  if (scheme.scheme !== 'none') {
    if (unverified)
      findings.push({
        path: unverifiedPath,
        message: `${provider.name} proves its deliveries, and Hookport always verifies them; remove this key`,
      });
    if (authorize && credentialHeaders(scheme).includes('authorization'))
      findings.push({
        path: placeOf(raw, id, ['authorize']),
        message: `${provider.name} needs the header authorization for its own credential, so no token fits beside it`,
      });
    return findings;
  }
  const tried = mistakes.some(({ path: [, of, key] }) => of === id && (key === 'authorize' || key === 'unverified'));
  if (!authorize && !unverified && !tried)
    findings.push({
      path: ['sources', id, 'provider'],
      message: `nothing tells who sends "${provider.id}": set \`authorize\`, or \`unverified: true\` to take what anyone posts`,
    });
  if (source.secret !== undefined)
    findings.push({ path: ['sources', id, 'secret'], message: `${provider.name} signs nothing; remove this key` });
  return findings;
});

/** A host on this machine may do without TLS: for an issuer that a test or a developer runs. AWS would not reach it. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || hostname === '127.0.0.1' || hostname === 'localhost';
}
