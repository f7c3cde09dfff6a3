import { isAlias, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { ConfigPath, Finding, Issue } from './issue.ts';

/** Larger than any configuration that a stack could hold. */
const maxBytes = 1024 * 1024;

/** YAML that was read: its plain value, and where each path stands in the file. */
export interface ParsedYaml {
  value: unknown;
  /** Turns findings into issues with line and column. */
  locate: (finding: Finding) => Issue;
}

/**
 * Reads one YAML document. Aliases are refused: nothing in a configuration of this size needs them, and they are how
 * small files grow without bound.
 */
export function parseYaml(file: string, text: string): { ok: true; yaml: ParsedYaml } | { ok: false; issues: Issue[] } {
  const issueAt = (line: number, column: number, message: string): Issue => ({ file, line, column, message });
  if (Buffer.byteLength(text) > maxBytes)
    return { ok: false, issues: [issueAt(1, 1, 'the file is larger than 1 MiB; a configuration is a few kilobytes')] };
  const counter = new LineCounter();
  const at = (offset: number, message: string) => {
    const { line, col } = counter.linePos(offset);
    return issueAt(line, col, message);
  };
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, merge: false, logLevel: 'silent' });
  const issues = [...document.errors, ...document.warnings].map((error) => at(error.pos[0], sentence(error.message)));
  visit(document, (_key, node) => {
    if (isAlias(node)) issues.push(at(node.range?.[0] ?? 0, 'aliases (*name) are not supported; write the value out'));
    if (!isPair(node)) return;
    const key: unknown = isScalar(node.key) ? node.key.value : undefined;
    const offset = isNode(node.key) ? (node.key.range?.[0] ?? 0) : 0;
    if (typeof key !== 'string') issues.push(at(offset, 'keys must be text; put quotes around this one'));
    else if (key === '__proto__') issues.push(at(offset, '"__proto__" is not a usable key'));
  });
  if (issues.length > 0) return { ok: false, issues };
  const yaml: ParsedYaml = {
    value: document.toJS({ maxAliasCount: 0 }) as unknown,
    locate: ({ path, at: what, message }) => at(offsetOf(document.contents, path, what ?? 'value'), message),
  };
  return { ok: true, yaml };
}

/** Offset of the deepest node on the path that the file has. */
function offsetOf(root: Node | null, path: ConfigPath, what: 'key' | 'value'): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) return offset;
      // A map stands on the lines below its key; the key is what a person looks for.
      const byKey = last && (what === 'key' || isMap(pair.value));
      const target: unknown = byKey ? pair.key : (pair.value ?? pair.key);
      const start = isNode(target) ? target.range?.[0] : undefined;
      // An empty value has the place of its key: there is nothing else to point to.
      offset = start ?? offset;
      node = pair.value;
    } else if (isNode(node) && 'items' in node && Array.isArray(node.items)) {
      node = node.items[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

function sentence(message: string): string {
  const line = message.split('\n')[0] ?? message;
  return `YAML: ${line.charAt(0).toLowerCase()}${line.slice(1)}`.replace(/\.$/, '');
}
