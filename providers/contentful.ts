import { defineProvider } from '../src/catalogue/define-provider.ts';
import { contentfulScheme } from './schemes/contentful.ts';

export const contentful = defineProvider({
  id: 'contentful',
  name: 'Contentful',
  docs: 'https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/',
  checkedAt: '2026-11-24',
  verify: contentfulScheme,
  direct: {
    supported: false,
    reason:
      'Contentful signs whichever headers a request lists, those that you add among them, and a source keeps a fixed list',
  },
  headers: {
    'content-type': 'always',
    'x-contentful-signature': 'always',
    'x-contentful-signed-headers': 'always',
    'x-contentful-timestamp': 'always',
    'x-contentful-topic': 'always',
    'x-contentful-webhook-name': 'always',
    'x-contentful-idempotency-key': 'always',
    'x-contentful-crn': 'sometimes',
  },
  eventType: [{ header: 'x-contentful-topic' }],
  // https://www.contentful.com/developers/changelog/idempotency-key-headers-for-webhook-requests/
  deliveryId: { at: [{ header: 'x-contentful-idempotency-key' }], signed: false },
  retry: { text: 'how often is not documented beside the signature', horizonSeconds: 86_400 },
  unconfirmed: ['retry'],
});
