import { createHmac } from 'node:crypto';

export const secret = 'It is a secret to everybody';

const mac = (content: string) => createHmac('sha256', secret).update(content).digest('hex');

/** A delivery as Lambda would hand it over, with these attributes. */
function event(body: string, attributes: Readonly<Record<string, string>>): unknown {
  const now = String(Date.now());
  const messageAttributes = Object.entries(attributes).map(([name, stringValue]) => [
    name,
    { dataType: 'String', stringValue },
  ]);
  return {
    Records: [
      {
        messageId: 'm',
        receiptHandle: 'h',
        body,
        attributes: { SentTimestamp: now, ApproximateReceiveCount: '1', ApproximateFirstReceiveTimestamp: now },
        messageAttributes: Object.fromEntries(messageAttributes) as unknown,
      },
    ],
  };
}

const push = JSON.stringify({
  ref: 'refs/heads/main',
  commits: [],
  repository: { full_name: 'octocat/Hello-World' },
});
const transaction = JSON.stringify({
  event_id: 'evt_1',
  event_type: 'transaction.completed',
  data: { id: 'txn_1', customer_id: 'ctm_1' },
});

/** A push, with an attribute for each header, as one would map them by hand. */
export function handWrittenEvent(): unknown {
  const headers = {
    'X-Hub-Signature-256': `sha256=${mac(push)}`,
    'X-GitHub-Event': 'push',
    'X-GitHub-Delivery': 'd-1',
  };
  return event(push, headers);
}

/** What its example handler does something with, as Hookport's endpoint maps it. */
export const hookportEvents = {
  github: () =>
    mapped(push, ['x-github-event: push', 'x-github-delivery: d-1', `x-hub-signature-256: sha256=${mac(push)}`]),
  paddle() {
    const timestamp = Math.floor(Date.now() / 1000);
    return mapped(transaction, [`paddle-signature: ts=${timestamp};h1=${mac(`${timestamp}:${transaction}`)}`]);
  },
};

function mapped(body: string, headers: readonly string[]): unknown {
  const lines = headers.map((header) => `${header}\n`).join('');
  return event(body, { Request: `3 r ${Date.now()} 192.0.2.1 ${headers.length} 0\n${lines}`, Id: 'r' });
}
