import { h } from './dom.js';

/** Above this, colours cost more than they help. */
const maxColoured = 200_000;
const tokens = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A body laid out for reading, or undefined when it is neither JSON nor a form. @param {string} body */
export function prettyText(body) {
  return layOut(body) ?? formText(body);
}

/** A small body that is nested deeply has more white space than a page bears. */
const maxLaidOut = 5_000_000;
const parts = /"(?:[^"\\]+|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/g;

/**
 * JSON with a line for each value, or undefined when it is none or would become too long. Numbers and keys stay as they are
 * written: a value that was parsed has lost digits of long ones, and keys that come twice.
 *
 * @param {string} text
 */
export function layOut(text) {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let out = '';
  let depth = 0;
  let before = '';
  for (const [part] of text.matchAll(parts)) {
    const opened = before === '{' || before === '[';
    const closes = part === '}' || part === ']';
    if (closes) depth -= 1;
    if (opened !== closes || before === ',') out += `\n${'  '.repeat(depth)}`;
    if (part === ':') out += ': ';
    else out += part.startsWith('"') ? readable(part) : part;
    if (part === '{' || part === '[') depth += 1;
    if (out.length > maxLaidOut) return undefined;
    before = part;
  }
  return out;
}

/** Those that turn the order of what is shown around: what a text seems to say would not be what it says. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text of JSON, with nothing escaped that can be read. @param {string} part */
function readable(part) {
  const text = JSON.stringify(JSON.parse(part));
  return text.replaceAll(turning, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** @param {string} body */
function formText(body) {
  if (!/^[\w.[\]%+*-]+=[^\s<>{}]*(&|$)/.test(body)) return undefined;
  return [...new URLSearchParams(body)].map(([name, value]) => `${name}: ${formValue(value)}`).join('\n');
}

/** A form may carry JSON, as GitHub's does. @param {string} value */
function formValue(value) {
  return /^[{[]/.test(value) ? (layOut(value) ?? value) : value;
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
