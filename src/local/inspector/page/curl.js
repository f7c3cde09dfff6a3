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

/** Keys to a terminal that a command is pasted into: the one that deletes would take quotes away. What stands in lines of text is none. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const keys = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+/g;

/**
 * For a POSIX shell: nothing in single quotes means anything, but the quote itself. Bash and zsh know escapes in `$'…'`.
 *
 * @param {string} text
 */
function quote(text) {
  const quoted = text.replaceAll("'", String.raw`'\''`).replaceAll(keys, (found) => `'$'${escaped(found)}''`);
  return `'${quoted}'`;
}

/** @param {string} text */
function escaped(text) {
  return [...new TextEncoder().encode(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
