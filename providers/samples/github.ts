import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'github',
  setup: [
    'In the repository or the organization open Settings > Webhooks and choose "Add webhook".',
    'Payload URL: {url}. Content type: application/json (a form works too).',
    "Secret: a long random text; set the same text as the source's secret.",
    'Choose the events and save. GitHub sends a ping at once.',
  ],
  secretFrom: 'you',
  // https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available/
  otherCredentials: {
    prefixes: {
      ghp_: 'a personal access token',
      github_pat_: 'a personal access token',
      gho_: 'an OAuth access token',
      ghu_: 'a token of a GitHub App',
      ghs_: 'a token of a GitHub App',
      ghr_: 'a refresh token of a GitHub App',
    },
    instead: 'a long random text of your own, the same as under Secret in the settings of the webhook',
  },
  proof: { kind: 'vector', source: 'the example in GitHub’s documentation; npm @octokit/webhooks-methods verifies' },
  samples: async () => {
    // Its types describe a CommonJS module; what Node gives is the JSON itself.
    const { default: events } = (await import('@octokit/webhooks-examples', { with: { type: 'json' } })) as unknown as {
      default: readonly { name: string; examples: readonly unknown[] }[];
    };
    const payloads = events.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));
    const samples = payloads.map(({ name, payload }, index) => sample(name, payload, index));
    // What a person wants to see first.
    return samples.toSorted((a, b) => Number(b.event === 'push') - Number(a.event === 'push'));
  },
};

function sample(event: string, payload: unknown, index: number): Sample {
  return {
    event,
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      'x-github-event': event,
      'x-github-hook-id': '1',
    },
    body: JSON.stringify(payload),
  };
}
