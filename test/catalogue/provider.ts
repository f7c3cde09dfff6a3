import type { DocumentedProvider } from '../../src/catalogue/define-provider.ts';

/** A sound definition, to be changed in one place. */
export function provider(changes: Partial<DocumentedProvider> = {}): DocumentedProvider {
  return {
    id: 'example',
    name: 'Example',
    docs: 'https://example.com/webhooks',
    checkedAt: '2026-11-24',
    verify: {
      scheme: 'hmac',
      hash: 'sha256',
      key: 'utf8',
      signature: { header: 'x-signature', encoding: 'hex' },
      message: [{ part: 'body' }],
    },
    headers: { 'x-signature': 'always', 'x-type': 'always', 'x-id': 'always' },
    eventType: [{ header: 'x-type' }],
    deliveryId: { at: [{ json: 'id' }], signed: true },
    retry: { text: 'never', horizonSeconds: 0 },
    ...changes,
  };
}
