import { catalogue } from '../../providers/index.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { generateSecret } from '../../src/signature/generate-secret.ts';
import type { Scheme } from '../../src/signature/scheme.ts';
import { sign } from '../../src/signature/sign.ts';
import type { SignedRequest } from '../../src/signature/types.ts';

/** One scheme at one size: many requests, so that no contender answers from what it remembers of the last one. */
export interface Case {
  id: string;
  bytes: number;
  scheme: Scheme;
  secret: string;
  requests: readonly BenchRequest[];
}

export interface BenchRequest extends SignedRequest {
  headers: Readonly<Record<string, string>>;
  /** Text, as a queue hands it over. */
  body: string;
}

/** One of each scheme that differs in what it costs. Bitbucket's is GitHub's, written as data. */
export const providers = [
  'github',
  'bitbucket',
  'shopify',
  'paddle',
  'stripe',
  'slack',
  'zendesk',
  'standard-webhooks',
  'discord',
  'sendgrid',
];

/** So many requests of a provider, signed now: the peers compare with their own clock. */
export async function makeCase(id: string, bytes: number, count: number): Promise<Case> {
  const provider = catalogue.get(id);
  if (!provider) throw new Error(`no provider ${id}`);
  const scheme = schemeOf(provider);
  const { secret, signingSecret } = generateSecret(scheme);
  const receivedAt = Date.now();
  const others = Object.fromEntries(
    Object.keys(provider.headers).map((name, index) => [
      name,
      name === 'content-type' ? 'application/json' : `msg_${index}`,
    ]),
  );
  const requests: BenchRequest[] = [];
  for (let index = 0; index < count; index++) {
    const body = jsonOf(bytes, index);
    const signed = await sign(
      scheme,
      { body: Buffer.from(body), headers: others, timestamp: receivedAt },
      signingSecret,
    );
    requests.push({ headers: { ...others, ...signed.headers }, body, receivedAt });
  }
  return { id, bytes, scheme, secret, requests };
}

/** An event of exactly so many bytes, with text beyond ASCII as real ones have. */
function jsonOf(bytes: number, index: number): string {
  const head = JSON.stringify({ id: `evt_${index}`, type: 'customer.updated', name: 'Zoë Müller', text: '' });
  const missing = bytes - Buffer.byteLength(head);
  return head.replace('"text":""', `"text":"${'lorem ipsum '.repeat(bytes / 12).slice(0, missing)}"`);
}
