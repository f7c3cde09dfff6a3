import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Probe, ProbeAnswer } from './probe.ts';

const timeoutMs = 40_000;
const shownBytes = 1024;

/** Sends one probe, byte for byte: `fetch` would add headers of its own. Rejects when nothing answers. */
export async function sendProbe(
  { method = 'POST', pathSuffix = '', headers, body }: Probe,
  url: string,
): Promise<ProbeAnswer> {
  const target = new URL(url + pathSuffix);
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = send(target, {
      method,
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asField(value)])),
        ...(method === 'POST' && { 'content-length': body.length }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      agent: false,
    });
    sent.on('response', resolve).on('error', reject);
    sent.end(method === 'POST' ? body : undefined);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const { 'apigw-requestid': requestId, 'content-type': contentType } = response.headers;
  return {
    status: response.statusCode ?? 0,
    contentType,
    body: Buffer.concat(chunks).toString('utf8').slice(0, shownBytes),
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
}

function asField(value: string | readonly string[]): string | string[] {
  return typeof value === 'string' ? value : [...value];
}
