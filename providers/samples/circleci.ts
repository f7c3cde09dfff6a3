import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const project = { id: '84996744-a854-4f5e-aea3-04e2851dc1d2', name: 'site', slug: 'github/acme/site' };

export const guide: ProviderGuide = {
  id: 'circleci',
  setup: [
    "In the project's settings open Webhooks and choose Add Webhook; Receiver URL {url}.",
    'Enter a long random Secret token and keep it: without one CircleCI signs nothing.',
    'Choose the events and save; Test Ping Event sends a first delivery.',
  ],
  secretFrom: 'you',
  proof: { kind: 'vector', source: 'the four examples of CircleCI\'s page "Webhooks"' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'workflow-completed',
        {
          id: '3888f21b-eaa7-38e3-8f3d-75a63bba8895',
          type: 'workflow-completed',
          happened_at: '2026-11-03T16:20:04.171Z',
          workflow: { id: 'fda08377-fe7e-46b1-8992-3a7aaecac9c3', name: 'build $& 👋', status: 'success' },
          project,
        },
        { 'circleci-event-type': 'workflow-completed' },
      ),
      jsonSample(
        'job-completed',
        {
          id: '8bd71c28-4969-3677-8940-3e3a61c46660',
          type: 'job-completed',
          happened_at: '2026-11-03T16:20:09.103Z',
          job: { id: '8b91f9a8-7975-4e60-916c-f0152ccbc937', name: 'test', number: 136, status: 'failed' },
          project,
        },
        { 'circleci-event-type': 'job-completed' },
      ),
    ]),
};
