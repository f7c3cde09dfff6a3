import { enteredUrl, registeredUrl } from '../../catalogue/registered-url.ts';
import { providerOf } from '../../catalogue/registry.ts';
import { schemeOf } from '../../catalogue/scheme-of.ts';
import { secretVariable } from '../../secrets/variables.ts';
import { type HostileModeName, hostileModes } from '../../sending/hostile/modes.ts';
import type { HostileMode } from '../../sending/hostile/mode.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import type { ApiContext } from './context.ts';

/** How to connect a source, as `GET /api/sources/<id>/guide` tells it. */
export interface SourceGuide {
  /** The provider's own page about verifying; null where its definition names none. */
  docs: string | null;
  /** Steps in the provider's dashboard, with the URL in its place: `publicUrl`, where it is signed. Empty for a provider without any. */
  setup: readonly string[];
  /** Who makes the secret; null where that is not known. */
  secretFrom: 'provider' | 'you' | 'publicKey' | 'none' | null;
  /** The variable that the secret is set in; null where nothing is signed. */
  secretVariable: string | null;
  /** When the provider sends again. */
  retry: string;
  /** The hostile ways of sending, and why one does not apply. */
  modes: { name: HostileModeName; description: string; inapplicable: string | null }[];
}

export async function tellGuide(context: ApiContext, source: SourcePlan): Promise<SourceGuide> {
  const provider = providerOf(source, context);
  const guide = await context.loadGuide(provider.id);
  const scheme = schemeOf(provider, source.verify);
  const served = registeredUrl(`${context.gatewayUrl}${source.route.path}`, scheme);
  const url = enteredUrl(served, scheme, source.publicUrl);
  const names = Object.keys(hostileModes) as HostileModeName[];
  return {
    docs: provider.docs ?? null,
    setup: (guide?.setup ?? []).map((step) => step.replaceAll('{url}', url)),
    secretFrom: guide?.secretFrom ?? null,
    secretVariable: source.unsigned ? null : secretVariable(source.id),
    retry: provider.retry.text,
    modes: names.map((name) => {
      const mode: HostileMode = hostileModes[name];
      return { name, description: mode.description, inapplicable: mode.inapplicable?.({ scheme }) ?? null };
    }),
  };
}
