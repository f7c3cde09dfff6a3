import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

function event(action: string, gid: string) {
  return {
    user: { gid: '1201', resource_type: 'user' },
    created_at: '2026-11-03T16:20:04.188Z',
    action,
    resource: { gid, resource_type: 'task', resource_subtype: 'default_task' },
    parent: null,
  };
}

export const guide: ProviderGuide = {
  id: 'asana',
  setup: [
    'Webhooks are made by the API: POST https://app.asana.com/api/1.0/webhooks with resource and target {url}.',
    'While that call runs, Asana posts an x-hook-secret to the URL, which has to answer with the same header. That value is the secret; it is sent only then.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'self', source: 'Asana publishes neither a vector nor a package that verifies' },
  samples: () =>
    Promise.resolve([
      jsonSample('added', { events: [event('added', '1337')] }),
      jsonSample('batch', { events: [event('changed', '1337'), event('deleted', '1338')] }),
      jsonSample('heartbeat', { events: [] }),
    ]),
};
