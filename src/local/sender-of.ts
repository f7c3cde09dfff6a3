import type { Provider } from '../catalogue/provider.ts';
import { schemeOf } from '../catalogue/scheme-of.ts';
import { HookportError } from '../errors.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { EnvironmentSecrets } from '../secrets/environment.ts';
import { secretVariable } from '../secrets/variables.ts';
import type { Sender } from '../sending/sender.ts';

/**
 * Who sends to a source as its provider would.
 *
 * @param url Where it posts to; it signs the source's public URL, where there is one.
 * @throws HookportError `secret_missing`, `secret_unreadable`, `secret_unusable`
 */
export async function senderOf({
  source,
  provider,
  secrets,
  url,
}: {
  source: SourcePlan;
  provider: Provider;
  secrets: Pick<EnvironmentSecrets, 'signingSecret'>;
  url: string;
}): Promise<Omit<Sender, 'now'>> {
  const { id, unsigned, consumer, publicUrl, queue } = source;
  const secret = unsigned ? '' : await secrets.signingSecret(id);
  if (secret === undefined)
    throw new HookportError('secret_missing', `${id} has no secret to sign with; set ${secretVariable(id)}`);
  return {
    provider,
    scheme: schemeOf(provider, source.verify),
    secret,
    url: publicUrl ?? url,
    toleranceSeconds: consumer?.toleranceSeconds,
    maxMessageBytes: queue.maxMessageBytes,
    deduplicates: consumer?.deduplicate !== undefined,
  };
}
