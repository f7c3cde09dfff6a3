import type { SignedParts } from '../signature/scheme.ts';

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

/** Posts a signed request, as the provider would. Never rejects. */
export async function post(url: string, { headers, body }: SignedParts): Promise<Answered> {
  const started = performance.now();
  try {
    const response = await fetch(url, {
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

/** API Gateway answers JSON with a message; SQS answers XML with a code and a message. */
function reasonIn(text: string): string {
  const code = tag(text, 'Code');
  const message = tag(text, 'Message') ?? /"message":"([^"]*)"/.exec(text)?.[1];
  return [code, message].filter((part) => part !== undefined).join(': ');
}

function tag(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
