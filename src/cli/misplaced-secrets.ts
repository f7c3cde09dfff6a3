import { describeOther, otherCredential } from '../catalogue/other-credential.ts';
import type { ProviderGuide } from '../catalogue/provider.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { EnvironmentSecrets } from '../secrets/environment.ts';
import { secretVariable } from '../secrets/variables.ts';

/** A line for each source whose secret is another credential of its provider, which nobody would see until the first delivery. */
export async function describeMisplaced(
  sources: readonly SourcePlan[],
  secrets: Pick<EnvironmentSecrets, 'origin' | 'read'>,
  guideOf: (provider: string) => Promise<ProviderGuide | undefined>,
): Promise<string[]> {
  const found = await Promise.all(
    sources.map(async ({ id, provider }) => {
      const value = await newestOf(id, secrets);
      const other = value === undefined ? undefined : otherCredential(await guideOf(provider), value);
      return other ? [`  ${secretVariable(id)} ${describeOther(other)}. Set it to ${other.instead}.`] : [];
    }),
  );
  const lines = found.flat();
  return lines.length === 0 ? [] : [...lines, ''];
}

/** What cannot be read is told beside the source; one for development is made when it is needed. */
async function newestOf(
  source: string,
  secrets: Pick<EnvironmentSecrets, 'origin' | 'read'>,
): Promise<string | undefined> {
  try {
    if ((await secrets.origin(source)) === 'development') return undefined;
    return (await secrets.read(source)).secrets[0]?.value;
  } catch {
    return undefined;
  }
}
