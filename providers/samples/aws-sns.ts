import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

const TopicArn = 'arn:aws:sns:eu-central-1:123456789012:orders';
const Timestamp = '2026-11-03T16:20:04.751Z';

function sample(Type: string, MessageId: string, fields: object): Sample {
  return {
    event: Type,
    headers: {
      'x-amz-sns-message-type': Type,
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-topic-arn': TopicArn,
    },
    body: JSON.stringify({ Type, MessageId, TopicArn, Timestamp, SignatureVersion: '2', ...fields }, undefined, 2),
  };
}

export const guide: ProviderGuide = {
  id: 'aws-sns',
  setup: [
    'Let the topic sign with SHA-256: aws sns set-topic-attributes --topic-arn <arn> --attribute-name SignatureVersion --attribute-value 2. Where you cannot, set verify: version-1 on the source.',
    "The topic's ARN takes the place of the secret, though it is no secret: it binds the source to that topic.",
    'Subscribe {url} with protocol HTTPS and without raw message delivery.',
    'The first delivery is a SubscriptionConfirmation: once it is verified, open its SubscribeURL within three days (look at the host first: sns.<region>.amazonaws.com), or call ConfirmSubscription with its Token.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'sdk', source: 'npm sns-validator agrees on messages signed with a test certificate' },
  samples: () =>
    Promise.resolve([
      sample('Notification', '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324', {
        Subject: 'Order',
        Message: '{"order":17,"text":"Grüße $& 👋"}',
      }),
      sample('SubscriptionConfirmation', '165545c9-2a5c-472c-8df2-7ff2be2b3b1b', {
        Token:
          '2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92768dd60a747ba6f3beb71854e285d6ad02428b09ceece29417f1f02d609c582afbacc99c583a916b9981dd2728f4ae6fdb82efd087cc3b7849e05798d2d2785c03b0879594eeac82c01f235d0e717736',
        Message: `You have chosen to subscribe to the topic ${TopicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
        SubscribeURL: `https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TopicArn}&Token=2336412f`,
      }),
    ]),
};
