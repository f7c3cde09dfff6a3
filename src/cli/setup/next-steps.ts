import { secretVariable } from '../../secrets/variables.ts';
import type { Plan } from '../../plan/plan.ts';
import { connectionOf, describeConnection } from '../connect-steps.ts';
import { localBase, sameProject } from '../running.ts';
import type { Written } from './write-sources.ts';

/**
 * What was written, and what to do at each new source's provider.
 *
 * @param config As `--config` named it.
 */
export async function describeNextSteps(
  { project, files }: Written,
  ids: readonly string[],
  config: string,
): Promise<string> {
  const { plan } = project;
  const flags = sameProject({ config });
  const sources = plan.sources.filter(({ id }) => ids.includes(id));
  const connections = await Promise.all(
    sources.map(async (source) =>
      describeConnection(
        await connectionOf(source, `${baseOf(plan)}${source.route.path}`, project),
        `The secret: ${secretVariable(source.id)} in .env, here; on AWS: hookport secret set ${source.id}${flags}`,
      ),
    ),
  );
  return [
    ...files.map((file) => `wrote ${file}`),
    '',
    ...connections,
    `Try it now, with a secret made up for development: npm start${flags && ` --${flags}`}, and then npx hookport send ${ids[0]}${flags}`,
  ].join('\n');
}

function baseOf({ domain }: Plan): string {
  return domain ? `https://${domain.name}` : localBase();
}
