import { createHmac } from 'node:crypto';

export const secret = 'It is a secret to everybody';

const body = JSON.stringify({
  ref: 'refs/heads/main',
  commits: [],
  repository: { full_name: 'octocat/Hello-World' },
});
const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** A genuine push as Lambda would hand it over, with these attributes. */
function event(attributes: Readonly<Record<string, string>>): unknown {
  return {
    Records: [
      {
        messageId: 'm',
        receiptHandle: 'h',
        body,
        attributes: {
          SentTimestamp: String(Date.now()),
          ApproximateReceiveCount: '1',
          ApproximateFirstReceiveTimestamp: String(Date.now()),
        },
        messageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
        ),
      },
    ],
  };
}

/** An attribute for each header, as one would map them by hand. */
export const handWrittenEvent = () =>
  event({ 'X-Hub-Signature-256': signature, 'X-GitHub-Event': 'push', 'X-GitHub-Delivery': 'd-1' });

/** As Hookport's endpoint maps it. */
export function hookportEvent(): unknown {
  const context = `r ${Date.now()} 192.0.2.1`;
  return event({
    ContextHead: context,
    Headers: `x-github-event: push\nx-github-delivery: d-1\nx-hub-signature-256: ${signature}\n`,
    Wire: '1',
    ContextTail: context,
  });
}
