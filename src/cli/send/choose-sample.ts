import type { Provider, ProviderGuide, Sample } from '../../catalogue/provider.ts';
import { didYouMean } from '../../config/did-you-mean.ts';
import { HookportError } from '../../errors.ts';
import { samplesOf } from '../../sending/samples.ts';

/**
 * The provider's samples of one event, or of the first event that it has.
 *
 * @param alternative Which of the provider's alternatives signs them. @default the first
 * @throws HookportError `usage` when there is none
 */
export async function chooseSamples(
  provider: Pick<Provider, 'id' | 'verify'>,
  guide: ProviderGuide | undefined,
  event: string | undefined,
  alternative?: string,
): Promise<readonly Sample[]> {
  const samples = await samplesOf(provider, guide, alternative);
  if (samples.length === 0) throw new HookportError('usage', `there are no samples of the provider ${provider.id}`);
  const wanted = event ?? samples[0]?.event;
  const chosen = samples.filter((sample) => sample.event === wanted);
  if (chosen.length > 0) return chosen;
  const events = [...new Set(samples.map((sample) => sample.event))];
  throw new HookportError(
    'usage',
    `${provider.id} has no sample of the event "${event}"${didYouMean(event ?? '', events) || `; it has ${events.join(', ')}`}; the page Send of the inspector sends any body`,
  );
}
