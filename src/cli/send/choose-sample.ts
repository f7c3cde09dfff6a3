import { loadGuide } from '../../../providers/samples/index.ts';
import type { Sample } from '../../catalogue/provider.ts';
import { schemesOf } from '../../catalogue/scheme-of.ts';
import { didYouMean } from '../../config/did-you-mean.ts';
import { HookportError } from '../../errors.ts';
import { catalogue } from '../project.ts';

/**
 * The provider's samples of one event, or the first sample it has.
 *
 * @param verify Which of the provider's alternatives signs them. @default the first
 * @throws HookportError `usage` when there is none
 */
export async function chooseSamples(
  provider: string,
  event: string | undefined,
  verify?: string,
): Promise<readonly Sample[]> {
  const definition = catalogue.get(provider);
  const alternative = verify ?? (definition && Object.keys(schemesOf(definition))[0]);
  const all = (await (await loadGuide(provider))?.samples()) ?? [];
  const samples = all.filter((sample) => sample.verify === undefined || sample.verify === alternative);
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
