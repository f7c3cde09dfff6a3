import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/** One import of a module, of whatever kind: static, re-exported, types only, dynamic, `import('…').Type`, a thread's URL. */
export interface Import {
  /** The importing file, relative to the project's root. */
  from: string;
  line: number;
  /** As written; undefined where it is computed at run time. */
  specifier: string | undefined;
  /** `deferred`: not when the importing module is loaded, but when a line of it runs. */
  when: 'loading' | 'deferred';
}

const root = path.resolve(import.meta.dirname, '..');

/** All modules below a folder, relative to the project's root. */
export function modulesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mts|js|mjs)$/.test(file))
    .map((file) => path.posix.join(folder, file))
    .toSorted();
}

export function importsOf(file: string): Import[] {
  return importsIn(file, readFileSync(path.join(root, file), 'utf8'));
}

/** @throws Error when the text does not parse */
export function importsIn(file: string, text: string): Import[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const found: Import[] = [];
  walk(program, (node) => {
    const source = sourceOf(node);
    if (source === undefined) return;
    const line = text.slice(0, node.start).split('\n').length;
    const literal = isNode(source) && source.type === 'Literal' ? source['value'] : undefined;
    const specifier = typeof literal === 'string' ? literal : undefined;
    found.push({ from: file, line, specifier, when: deferred.has(node.type) ? 'deferred' : 'loading' });
  });
  return found;
}

/**
 * What an import leads to: a file of the project, or a package. `hookport` is the project's own name.
 *
 * @throws Error when there is no such file
 */
export function resolve({ from, line, specifier = '' }: Import): { file: string } | { package: string } {
  const own = Object.entries(ownExports).find(([subpath]) => path.posix.join('hookport', subpath) === specifier);
  if (own) return { file: path.posix.normalize(own[1]) };
  if (!specifier.startsWith('.')) return { package: specifier };
  const file = path.posix.join(path.posix.dirname(from), specifier);
  if (!existsSync(path.join(root, file))) throw new Error(`${from}:${line}: there is no ${file}`);
  return { file };
}

const ownExports = (
  JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { exports: Record<string, string> }
).exports;

const deferred = new Set(['ImportExpression', 'CallExpression', 'NewExpression']);

interface Node extends Record<string, unknown> {
  type: string;
  start: number;
}

function sourceOf(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node['source'];
    case 'ExportNamedDeclaration':
      return node['source'] ?? undefined;
    case 'TSImportEqualsDeclaration':
      return isNode(node['moduleReference']) ? node['moduleReference']['expression'] : undefined;
    case 'CallExpression':
      return isNode(node['callee']) && node['callee']['name'] === 'require' ? argument(node, 0) : undefined;
    case 'NewExpression':
      return isModuleUrl(node) ? argument(node, 0) : undefined;
    default:
      return undefined;
  }
}

/** `new URL('./thread.ts', import.meta.url)`: how threads are started. Files that are no modules are not meant. */
function isModuleUrl(node: Node): boolean {
  const [callee, file, base] = [node['callee'], argument(node, 0), argument(node, 1)];
  if (!isNode(callee) || callee['name'] !== 'URL' || !isNode(base) || base.type !== 'MemberExpression') return false;
  return isNode(file) && /\.(ts|mts|js|mjs)$/.test(String(file['value']));
}

function argument(node: Node, index: number): unknown {
  return Array.isArray(node['arguments']) ? (node['arguments'][index] as unknown) : undefined;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) walk(each, visit);
  else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) visit(value);
    for (const each of Object.values(value)) walk(each, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
