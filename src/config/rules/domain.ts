import type { Rule } from './rule.ts';

/** The domain's records can only stand in its own zone. */
export const domain: Rule = ({ config }) => {
  if (!config.domain) return [];
  const { name, hostedZone } = config.domain;
  if (name === hostedZone.name || name.endsWith(`.${hostedZone.name}`)) return [];
  return [{ path: ['domain', 'name'], message: `"${name}" does not lie in the hosted zone "${hostedZone.name}"` }];
};
