import { providerProblems } from '../../catalogue/provider-problems.ts';
import { schemesOf } from '../../catalogue/scheme-of.ts';
import type { Finding } from '../issue.ts';
import { projectFile } from './project-file.ts';
import type { Rule, RuleContext } from './rule.ts';

/** The providers that the configuration declares are sound: the same checks as for a file in providers/. */
export const ownProviders: Rule = (context) =>
  context.config.providers.flatMap(({ definition }) => {
    const { id } = definition;
    const at = ['providers', id];
    if (context.builtIn.get(id))
      return [
        {
          path: at,
          at: 'key' as const,
          message: `"${id}" is a provider that comes with Hookport, and none may take its place; choose another id`,
        },
      ];
    const problems = providerProblems(definition).map(({ path, problem }) => ({
      path: [...at, ...path],
      at: path.length === 0 ? ('key' as const) : ('value' as const),
      message: problem,
    }));
    const ways = Object.keys(schemesOf(definition));
    return [...problems, ...guideProblems(id, ways, context)];
  });

/** What is wrong with samples and vectors. */
function guideProblems(id: string, ways: readonly string[], { raw, root }: RuleContext): Finding[] {
  const { samples = [], vectors = [] } = raw.providers?.[id] ?? {};
  const findings: Finding[] = [];
  const entries = [
    ...samples.map((entry, index) => ({ entry, path: ['providers', id, 'samples', index] })),
    ...vectors.map((entry, index) => ({ entry, path: ['providers', id, 'vectors', index] })),
  ];
  for (const { entry, path } of entries) {
    const bodies = ['payload', 'body', 'bodyFile'].filter((key) => Object.hasOwn(entry, key));
    const which = 'payload' in entry || path[2] === 'samples' ? 'payload, body and bodyFile' : 'body and bodyFile';
    if (bodies.length !== 1) findings.push({ path, message: `it needs exactly one of ${which}` });
    const file = entry.bodyFile === undefined ? undefined : projectFile(root, entry.bodyFile, '; put the body there');
    if (file && !file.ok)
      findings.push({ path: [...path, 'bodyFile'], message: `"${entry.bodyFile}" ${file.problem}` });
    if (entry.verify !== undefined && !ways.includes(entry.verify)) {
      const named = ways.filter((way) => way !== '');
      const known =
        named.length === 0 ? 'there is one way, without a name; remove this key' : `known are ${named.join(', ')}`;
      findings.push({
        path: [...path, 'verify'],
        message: `${id} has no way of signing called "${entry.verify}"; ${known}`,
      });
    }
  }
  return findings;
}
