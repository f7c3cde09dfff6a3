import { createHmac } from 'node:crypto';

/** Posts what GitHub would post; signed here by GitHub's documented formula, with nothing of Hookport's. */
export async function postGithub(
  gateway: string,
  secret: string,
  {
    event,
    id,
    body,
    path = '/github',
    contentType = 'application/json',
    signedBody = body,
  }: {
    event: string;
    id: string;
    body: string;
    path?: string;
    contentType?: string;
    /** What the signature covers, where that is not what is sent. */
    signedBody?: string;
  },
): Promise<number> {
  const response = await fetch(`${gateway}${path}`, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-github-hook-id': '292430182',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(signedBody).digest('hex')}`,
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** Runs `task` for each item, `width` at a time. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const run = async () => {
    for (const item of rest) await task(item);
  };
  await Promise.all(Array.from({ length: width }, run));
}
