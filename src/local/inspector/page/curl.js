/**
 * A kept delivery as a curl command. Headers and query parameters that carry a static credential are not kept, so none is
 * in it (the URL says where one in the query goes); what was signed stays signed, but for its age.
 *
 * @param {string} url
 * @param {{headers: Readonly<Record<string, string>>, query: Readonly<Record<string, string>>, body: string}} delivery
 */
export function toCurl(url, { headers, query, body }) {
  const search = new URLSearchParams(query).toString();
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  return [
    'curl -sS -X POST',
    quote(search === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${search}`),
    ...lines,
    `--data-raw ${quote(body)}`,
  ].join(' \\\n  ');
}

/** For a POSIX shell: nothing in single quotes means anything, but the quote itself. @param {string} text */
function quote(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
