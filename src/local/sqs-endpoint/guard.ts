import type { IncomingMessage } from 'node:http';
import { SqsFault } from './fault.ts';

/**
 * Lets SDKs of this machine in and keeps web pages out: a page that a developer visits can post to localhost, and
 * through DNS rebinding under a name of its own. SDKs send no Origin, name the endpoint as Host and sign. The signature
 * itself proves nothing here, since there are no accounts.
 *
 * @throws SqsFault with status 403
 */
export function guard(request: IncomingMessage, port: number): void {
  const { host = '', origin, authorization = '' } = request.headers;
  if (origin !== undefined) throw denied('requests from web pages are refused');
  if (![`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host))
    throw denied('the Host header does not name this endpoint');
  if (!/^AWS4-HMAC-SHA256 Credential=[^/\s]+\/\d{8}\/[a-z0-9-]+\/sqs\/aws4_request\b/.test(authorization))
    throw new SqsFault('MissingAuthenticationToken', 'Request is missing Authentication Token', { status: 403 });
}

function denied(why: string): SqsFault {
  return new SqsFault('AccessDeniedException', `Access denied: ${why}.`, { status: 403, queryCode: 'AccessDenied' });
}
