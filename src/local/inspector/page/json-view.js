import { h } from './dom.js';

/** Above this, colours cost more than they help. */
const maxColoured = 200_000;
const tokens = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A body laid out for reading, or undefined when it is neither JSON nor a form. @param {string} body */
export function prettyText(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return formText(body);
  }
}

/** @param {string} body */
function formText(body) {
  if (!/^[\w.[\]%+*-]+=[^\s<>{}]*(&|$)/.test(body)) return undefined;
  return [...new URLSearchParams(body)].map(([name, value]) => `${name}: ${formValue(value)}`).join('\n');
}

/** A form may carry JSON, as GitHub's does. @param {string} value */
function formValue(value) {
  if (!/^[{[]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

/** Colours keys, texts and numbers. All of it is text. @param {string} text */
export function coloured(text) {
  const code = h('code', null);
  if (text.length > maxColoured) {
    code.textContent = text;
    return code;
  }
  let at = 0;
  for (const match of text.matchAll(tokens)) {
    const [all, string, colon] = match;
    if (match.index > at) code.append(text.slice(at, match.index));
    const kind = colon === undefined ? (string === undefined ? 'number' : 'string') : 'key';
    code.append(h('span', { class: `json-${kind}` }, string ?? all), colon ?? '');
    at = match.index + all.length;
  }
  code.append(text.slice(at));
  return code;
}
