/** Query parameters by name, as the message holds them. */
export type QueryParameters = Readonly<Record<string, string>>;

/**
 * RFC 3986's unreserved characters but for the tilde, which many libraries escape. A text of these alone is the same
 * whether or not somebody on its way escapes or decodes it: API Gateway does not document what it does.
 * https://datatracker.ietf.org/doc/html/rfc3986#section-2.3
 */
const unchanging = /^[A-Za-z0-9._-]+$/;

/** Whether a text comes out of a URL as it went in, whoever decodes it. What came in twice does not: a comma joins it. */
export function survivesUrl(text: string): boolean {
  return unchanging.test(text);
}

/** The text of a query parameter as the message holds it. An empty one counts as absent. */
export function readQuery(query: QueryParameters | undefined, name: string): string | undefined {
  const text = query && Object.hasOwn(query, name) ? query[name] : undefined;
  return text === '' ? undefined : text;
}

/**
 * What a parameter says, whether or not its escapes were decoded on its way; undefined when it holds a control character.
 * A value that was decoded already and then still looks escaped is taken for another: nothing that must be right to the
 * letter may rest on this.
 */
export function decodeQueryText(text: string): string | undefined {
  const decoded = decode(text.replaceAll('+', ' '));
  return controlCharacter.test(decoded) ? undefined : decoded;
}

/** All of them as {@link decodeQueryText} reads them. */
export function decodeQuery(query: QueryParameters): QueryParameters {
  const entries = Object.entries(query).map(([name, text]) => [name, decodeQueryText(text)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A per cent sign that begins no escape: it was decoded already.
    return text;
  }
}

/** Line separators of Unicode among them. */
const controlCharacter = /[\p{Cc}\u2028\u2029]/u;
