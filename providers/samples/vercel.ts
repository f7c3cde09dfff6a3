import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'vercel',
  setup: [
    "In the team's Settings > Webhooks choose the events and the projects, enter {url}, and create the webhook.",
    'Copy the secret: it is shown once. An integration signs with its Client Secret instead.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'self', source: 'Vercel publishes neither a vector nor a package that verifies' },
  samples: () =>
    Promise.resolve([
      jsonSample('deployment.created', {
        id: 'uev_CYwbGFLCnbYZ3VMAxsBpfZVQ',
        type: 'deployment.created',
        createdAt: 1793722805000,
        region: null,
        payload: {
          team: { id: 'team_hookport' },
          user: { id: 'user_mara' },
          deployment: { id: 'dpl_8KQZ2u', name: 'site', url: 'site-8kqz2u.vercel.app', meta: { message: 'Fix $& 👋' } },
          project: { id: 'prj_site' },
          target: 'production',
        },
      }),
      jsonSample('deployment.error', {
        id: 'uev_DZxcHGMDocZA4WNBytCqgAWR',
        type: 'deployment.error',
        createdAt: 1793722911000,
        region: null,
        payload: { team: { id: 'team_hookport' }, deployment: { id: 'dpl_9LRA3v', name: 'site' }, target: null },
      }),
    ]),
};
