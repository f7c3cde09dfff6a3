import { authorization } from './authorization.ts';
import { cors } from './cors.ts';
import { domain } from './domain.ts';
import { durations } from './durations.ts';
import { events } from './events.ts';
import { forwards } from './forwards.ts';
import { functionSettings } from './function-settings.ts';
import { handlers } from './handlers.ts';
import { idleSettings } from './idle-settings.ts';
import { ownProviders } from './own-providers.ts';
import { paths } from './paths.ts';
import { payloadSchemas } from './payload-schemas.ts';
import { providerFit } from './provider-fit.ts';
import { providerKnown } from './provider-known.ts';
import { publicUrl } from './public-url.ts';
import { retention } from './retention.ts';
import type { Rule } from './rule.ts';
import { secrets } from './secrets.ts';
import { sourceIds } from './source-ids.ts';
import { timing } from './timing.ts';
import { workerSettings } from './worker-settings.ts';

/** Every rule beyond the schema. Their order does not matter: issues are sorted by place. */
export const rules: readonly Rule[] = [
  authorization,
  cors,
  domain,
  durations,
  events,
  forwards,
  functionSettings,
  handlers,
  idleSettings,
  ownProviders,
  paths,
  payloadSchemas,
  providerFit,
  providerKnown,
  publicUrl,
  retention,
  secrets,
  sourceIds,
  timing,
  workerSettings,
];
