/** The path and the query of a request line's target, neither decoded nor normalised: routes match byte for byte. */
export function splitTarget(target: string): { path: string; query: string } {
  const origin = target.startsWith('/') ? target : withoutAuthority(target);
  const mark = origin.indexOf('?');
  return mark === -1 ? { path: origin, query: '' } : { path: origin.slice(0, mark), query: origin.slice(mark + 1) };
}

/** A client that takes the gateway for a proxy sends the absolute form, which every server has to accept (RFC 9112 §3.2.2). */
function withoutAuthority(target: string): string {
  const rest = /^https?:\/\/[^/?#]*(.*)$/is.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
