import path from 'node:path';
import { providerOf } from '../../catalogue/registry.ts';
import type { Provider, ProviderGuide } from '../../catalogue/provider.ts';
import { HookportError } from '../../errors.ts';
import { localSecrets } from '../../local/secrets.ts';
import { senderOf } from '../../local/sender-of.ts';
import type { SourceState } from '../../local/api/sources.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import type { SecretOrigin } from '../../secrets/environment.ts';
import type { Sender } from '../../sending/sender.ts';
import { describeEntrance } from '../describe-entrance.ts';
import { type ConfigOption, findSource, loadProject, projectRoot } from '../project.ts';
import { askPlatform, findIfRunning, findRunning } from '../running.ts';

export interface TargetOptions extends ConfigOption {
  url?: string;
  token?: string;
  data: string;
}

/** A source that requests are sent to. */
export interface Target {
  source: SourcePlan;
  provider: Provider;
  /** Its samples; undefined if it has none. */
  guide: ProviderGuide | undefined;
  /** Where they are posted. */
  url: string;
  /** Of the platform that runs here; undefined if none does. */
  api: string | undefined;
  /** Where the secret that signs comes from here; the platform may have been started in another environment. */
  secretOrigin: SecretOrigin;
  /** The token of a source with `authorize`. */
  entrance: Readonly<Record<string, string>>;
  sender: Omit<Sender, 'now'>;
}

/**
 * Finds out where a source's requests go and what signs them.
 *
 * @throws HookportError `usage`, `not_running`, `secret_missing`, `secret_unreadable`, `secret_unusable`
 */
export async function findTarget(id: string, options: TargetOptions): Promise<Target> {
  const { plan, catalogue, guideOf } = await loadProject(options);
  const source = findSource(plan, id);
  const { token } = options;
  if (source.route.authorize && token === undefined)
    throw new HookportError(
      'usage',
      `${id} takes ${describeEntrance(source)} alone; give one with --token, or in HOOKPORT_TOKEN`,
    );
  const provider = providerOf(source, { catalogue });
  // Of a tunnel one cannot tell whether it leads to the platform that runs here; if one runs, it is asked.
  const running = options.url === undefined ? findRunning(options.data) : findIfRunning(options.data);
  const url = options.url ?? `${running?.gateway}${source.route.path}`;
  if (running && options.url === undefined) await refuseOutdated(running.api, source);
  const dataFolder = path.resolve(options.data);
  const secrets = localSecrets({ root: projectRoot, dataFolder, sources: plan.sources, catalogue });
  const sender = await senderOf({ source, provider, secrets, url });
  return {
    source,
    provider,
    guide: await guideOf(provider.id),
    url,
    api: running?.api,
    secretOrigin: source.unsigned ? 'none' : await secrets.origin(source.id),
    entrance: source.route.authorize && token !== undefined ? { authorization: `Bearer ${token}` } : {},
    sender,
  };
}

/** What the configuration says by now the platform learns at its next start: until then it answers 404, or refuses what is signed. */
async function refuseOutdated(api: string, { id, provider, route }: SourcePlan): Promise<void> {
  await askPlatform(api, `/api/sources/${id}/guide`);
  const known = (await askPlatform<SourceState[]>(api, '/api/sources')).find((each) => each.id === id);
  if (!known || (known.provider === provider && new URL(known.url).pathname === route.path)) return;
  throw new HookportError(
    'usage',
    `the platform that runs has "${id}" as ${known.provider} at ${new URL(known.url).pathname}; what was changed since it started counts after a restart`,
  );
}
