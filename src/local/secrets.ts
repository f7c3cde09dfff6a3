import { join } from 'node:path';
import type { Catalogue } from '../catalogue/provider.ts';
import { schemeOf } from '../catalogue/scheme-of.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { SourcePlan } from '../plan/plan.ts';
import { createDevelopmentSecrets } from '../secrets/development.ts';
import { createEnvironmentSecrets, type EnvironmentSecrets } from '../secrets/environment.ts';
import { forwardSecretOf } from '../secrets/variables.ts';
import { HookportError } from '../errors.ts';
import { fitsScheme, generateSecret, secretForm } from '../signature/generate-secret.ts';
import { standardWebhooks } from '../signature/standard-webhooks.ts';

export interface LocalSecretsOptions {
  /** The project's root, where `.env` is. */
  root: string;
  dataFolder: string;
  sources: readonly SourcePlan[];
  catalogue: Catalogue;
  /** @default process.env */
  environment?: NodeJS.ProcessEnv;
  clock?: Clock;
}

/** The secrets of one machine: environment, `.env`, or made up under the data folder for a source that has none. */
export function localSecrets(options: LocalSecretsOptions): EnvironmentSecrets {
  const { root, dataFolder, sources, catalogue, environment = process.env, clock = systemClock } = options;
  const schemeFor = (id: string) => {
    if (sources.some((source) => forwardSecretOf(source.id) === id)) return standardWebhooks();
    const source = sources.find((each) => each.id === id);
    const provider = source && catalogue.get(source.provider);
    if (!provider) throw new HookportError('internal', `no provider for the source "${id}"`);
    return schemeOf(provider, source.verify);
  };
  const development = createDevelopmentSecrets(
    join(dataFolder, 'dev-secrets'),
    (id) => generateSecret(schemeFor(id)),
    (id) => ({ name: secretForm(schemeFor(id)), fits: (secret) => fitsScheme(schemeFor(id), secret) }),
  );
  return createEnvironmentSecrets({ environment, envFile: join(root, '.env'), development, clock });
}
