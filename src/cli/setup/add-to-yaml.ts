import { Document, isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { HookportError } from '../../errors.ts';
import type { SourceEntry } from './source-entry.ts';

/**
 * Adds sources behind the last one. Everything else stays as it is to the byte: what is there is only looked at, to find
 * where the new lines go, since writing a whole document out again would lay it out anew.
 *
 * @throws HookportError `config_invalid` when the file has no map of sources
 */
export function addToYaml(text: string, entries: readonly SourceEntry[]): string {
  const document = parseDocument(text);
  const sources: unknown = document.get('sources');
  if (!isMap(sources) || document.errors.length > 0)
    throw new HookportError(
      'config_invalid',
      'the configuration has no map `sources` to add to; see `hookport validate`',
    );
  // In braces, or empty: there are no lines to go behind.
  if (sources.flow === true || sources.items.length === 0) return addToFlow(document, sources, entries);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const place = placeBehind(text, sources);
  const blank = place.spaced ? end : '';
  const added = entries.map((entry) => blank + indented(linesOf(entry), place.indent, end)).join('');
  const before = text.slice(0, place.offset);
  return before + (before.endsWith('\n') ? '' : end) + added + text.slice(place.offset);
}

/** An entry as the project's own file writes it. */
export function linesOf({ id, ...settings }: SourceEntry): string[] {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return new Document({ [id]: given }).toString({ lineWidth: 0 }).trimEnd().split('\n');
}

function indented(lines: readonly string[], indent: string, end: string): string {
  return lines.map((line) => indent + line + end).join('');
}

/** Behind the last source and the comments that are indented like its settings; and how sources are laid out. */
function placeBehind(text: string, sources: YAMLMap): { offset: number; indent: string; spaced: boolean } {
  const keys = sources.items.map(({ key }) => (isScalar(key) ? (key.range?.[0] ?? 0) : 0));
  const lastKey = keys.at(-1) ?? 0;
  const indent = text.slice(text.lastIndexOf('\n', lastKey - 1) + 1, lastKey);
  const last = sources.items.at(-1)?.value as { range?: [number, number, number] } | null | undefined;
  let offset = lineEnd(text, Math.max((last?.range?.[1] ?? lastKey) - 1, lastKey));
  for (;;) {
    const next = text.slice(offset, lineEnd(text, offset));
    if (!next.startsWith(`${indent} `) || !next.trimStart().startsWith('#')) break;
    offset += next.length;
  }
  const between = keys.length > 1 ? text.slice(keys.at(-2), lastKey) : '';
  return { offset, indent, spaced: /\n[ \t]*\r?\n/.test(between) };
}

/** Behind the line feed of the line that the offset lies in. */
function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}

function addToFlow(document: Document, sources: YAMLMap, entries: readonly SourceEntry[]): string {
  for (const { id, ...settings } of entries) sources.set(id, document.createNode(settings, { keepUndefined: false }));
  return document.toString({ lineWidth: 0 });
}
