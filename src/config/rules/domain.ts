import type { Rule } from './rule.ts';

/** Of the certificate's Common Name. https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const longestName = 64;

/** The domain's records can only stand in its own zone, and its certificate takes a name of some length. */
export const domain: Rule = ({ config }) => {
  if (!config.domain) return [];
  const { name, hostedZone } = config.domain;
  const find = (message: string) => [{ path: ['domain', 'name'], message }];
  if (name.length > longestName)
    return find(
      `the domain’s name has ${name.length} characters, and ACM makes a certificate for ${longestName} at most; choose a shorter one`,
    );
  if (name === hostedZone.name || name.endsWith(`.${hostedZone.name}`)) return [];
  return find(`"${name}" does not lie in the hosted zone "${hostedZone.name}"`);
};
