import type { Provider, ProviderGuide, Sample } from '../catalogue/provider.ts';
import { schemesOf } from '../catalogue/scheme-of.ts';

/**
 * The samples that a source can be sent: those that its way of verifying signs, in the order of the guide.
 *
 * @param guide The provider's; undefined for one without samples.
 * @param alternative Which of the provider's alternatives the source verifies with. @default the first
 */
export async function samplesOf(
  provider: Pick<Provider, 'verify'>,
  guide: ProviderGuide | undefined,
  alternative?: string,
): Promise<readonly Sample[]> {
  const way = alternative ?? Object.keys(schemesOf(provider))[0];
  const samples = (await guide?.samples()) ?? [];
  return samples.filter(({ verify }) => verify === undefined || verify === way);
}
