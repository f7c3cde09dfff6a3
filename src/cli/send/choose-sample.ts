import { loadGuide } from '../../../providers/samples/index.ts';
import type { Sample } from '../../catalogue/provider.ts';
import { didYouMean } from '../../config/did-you-mean.ts';
import { HookportError } from '../../errors.ts';

/**
 * The provider's samples of one event, or the first sample it has.
 *
 * @throws HookportError `usage` when there is none
 */
export async function chooseSamples(provider: string, event: string | undefined): Promise<readonly Sample[]> {
  const samples = (await (await loadGuide(provider))?.samples()) ?? [];
  if (samples.length === 0) throw new HookportError('usage', `there are no samples of the provider ${provider}`);
  const wanted = event ?? samples[0]?.event;
  const chosen = samples.filter((sample) => sample.event === wanted);
  if (chosen.length > 0) return chosen;
  const events = [...new Set(samples.map((sample) => sample.event))];
  throw new HookportError(
    'usage',
    `${provider} has no sample of the event "${event}"${didYouMean(event ?? '', events) || `; it has ${events.join(', ')}`}`,
  );
}
