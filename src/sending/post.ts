import type { OutgoingRequest } from './sign-request.ts';

/** What the endpoint answered. */
export interface Answered {
  /** 0 when nothing answered. */
  status: number;
  milliseconds: number;
  /** SQS's id of the message; undefined unless it was kept. */
  messageId: string | undefined;
  /** Why not, for a person; undefined when it was kept. */
  why: string | undefined;
}

/** Posts a signed request, as the provider would. Never rejects, and nothing that it answers holds a query parameter. */
export async function post(url: string, { headers, query = {}, body }: OutgoingRequest): Promise<Answered> {
  const started = performance.now();
  try {
    const response = await fetch(withQuery(url, query), {
      method: 'POST',
      headers,
      body: Buffer.from(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const milliseconds = performance.now() - started;
    const messageId = response.ok ? tag(text, 'MessageId') : undefined;
    return { status: response.status, milliseconds, messageId, why: response.ok ? undefined : reasonIn(text) };
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { status: 0, milliseconds: performance.now() - started, messageId: undefined, why };
  }
}

/** Those that stand in the URL already are replaced: somebody may have copied it with its token. */
function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  if (Object.keys(query).length === 0) return url;
  const target = new URL(url);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return target.href;
}

/** API Gateway answers JSON with a message; SQS answers XML with a code and a message. */
function reasonIn(text: string): string {
  const code = tag(text, 'Code');
  const message = tag(text, 'Message') ?? /"message":"([^"]*)"/.exec(text)?.[1];
  return [code, message].filter((part) => part !== undefined).join(': ');
}

function tag(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
