import { createHmac, randomUUID } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { encodeMessage } from '../../src/delivery/wire.ts';

export const secret = 'It is a secret to everybody';

/** One GitHub delivery, as whoever consumes the queue gets it. */
export interface Sample {
  id: string;
  event: string;
  body: string;
  /** `sha256=…`, by node:crypto. */
  signature: string;
}

// The package's types describe another shape than the JSON has.
const events = examples as unknown as readonly { name: string; examples: readonly object[] }[];

/** All example payloads of `@octokit/webhooks-examples`, genuinely signed. */
export const samples: readonly Sample[] = events.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload) => {
    const body = JSON.stringify(payload);
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    return { id: randomUUID(), event: name, body, signature };
  }),
);

/** In tens, as Lambda gets them. */
export const batches: readonly (readonly Sample[])[] = Array.from({ length: Math.ceil(samples.length / 10) }, (_, at) =>
  samples.slice(at * 10, at * 10 + 10),
);

/** The attributes that Hookport's endpoint writes: all headers that the provider's definition keeps. */
export function hookportAttributes({ id, event, signature }: Sample): Record<string, string> {
  const headers = {
    'content-type': 'application/json',
    'x-github-delivery': id,
    'x-github-event': event,
    'x-github-hook-id': '292430182',
    'x-hub-signature-256': signature,
  };
  const { attributes } = encodeMessage({
    requestId: id,
    receivedAt: Date.now(),
    sourceIp: '192.0.2.1',
    headers,
    body: '',
  });
  return Object.fromEntries(Object.entries(attributes).map(([name, { stringValue = '' }]) => [name, stringValue]));
}

/** What one would map by hand: an attribute for each header that is needed. */
export function plainAttributes({ id, event, signature }: Sample): Record<string, string> {
  return { 'X-GitHub-Event': event, 'X-GitHub-Delivery': id, 'X-Hub-Signature-256': signature };
}
