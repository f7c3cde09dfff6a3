import { defineProvider } from '../src/catalogue/define-provider.ts';
import { snsScheme } from './schemes/aws-sns.ts';

/** Without raw message delivery, which drops the signature. The message's attributes are not signed. */
export const awsSns = defineProvider({
  id: 'aws-sns',
  name: 'Amazon SNS',
  docs: 'https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html',
  checkedAt: '2026-11-24',
  verify: { alternatives: { 'version-2': snsScheme('2'), 'version-1': snsScheme('1') } },
  // Not the content type: SNS says text/plain of what is always JSON, and a handler would get the payload as text.
  headers: {
    'x-amz-sns-message-type': 'always',
    'x-amz-sns-message-id': 'always',
    'x-amz-sns-topic-arn': 'always',
    'x-amz-sns-subscription-arn': 'sometimes',
  },
  eventType: [{ json: 'Type' }],
  deliveryId: { at: [{ json: 'MessageId' }], signed: true },
  occurredAt: [{ at: { json: 'Timestamp' }, unit: 'iso8601' }],
  limits: { bodyBytes: 256 * 1024, answerSeconds: 15 },
  // https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
  retry: {
    text: 'three times, 20 s apart, unless the delivery policy says more (an hour at most)',
    horizonSeconds: 3600,
  },
});
