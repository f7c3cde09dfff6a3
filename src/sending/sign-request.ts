import type { Scheme, UnsignedRequest } from '../signature/scheme.ts';
import { sign } from '../signature/sign.ts';

/** A request as it goes over the wire. */
export interface OutgoingRequest {
  /** All of its headers, by lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** Its query parameters, not escaped; they may hold the source's token. @default none */
  query?: Readonly<Record<string, string>> | undefined;
  body: Uint8Array;
}

/**
 * Signs a request as its provider does: the headers and query parameters that it had and those of the signature.
 *
 * @param secret What signs for the source (`EnvironmentSecrets.signingSecret`); any text for a scheme that signs nothing.
 * @throws HookportError `secret_missing` or `usage`, as `sign` does
 */
export async function signRequest(scheme: Scheme, request: UnsignedRequest, secret: string): Promise<OutgoingRequest> {
  const { headers, query, body } = await sign(scheme, request, secret);
  return { headers: { ...request.headers, ...headers }, query: { ...request.query, ...query }, body };
}
