import type { Credentials } from '../catalogue/credentials-of.ts';
import type { QueryParameters } from '../signature/query.ts';
import type { ArrivedRequest } from './arrived-request.ts';

/** The request without what carries a static credential: for handlers, the journal and people. */
export function shownRequest(credentials: Credentials, request: ArrivedRequest): ArrivedRequest {
  const headers = shownHeaders(credentials, request.headers);
  if (headers === request.headers && !request.query) return request;
  return { ...request, headers, ...(request.query && { query: shownQuery(credentials, request.query) }) };
}

export function shownHeaders(
  { headers: hidden }: Credentials,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (hidden.length === 0) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hidden.includes(name)));
}

/** As the message holds them. */
export function shownQuery({ query: hidden }: Credentials, query: QueryParameters): QueryParameters {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !hidden.includes(name)));
}
