import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import { modulesIn } from '../imports.ts';

/**
 * A comparison that ends at the first difference tells how much of a guess was right. So secrets, signatures and digests
 * are compared by `timingSafeEqual`, by a verification of node:crypto, or not at all.
 */
const sensitive = /(secrets?|signatures?|digest|h?mac|expected|candidates?|tokens?|passwords?|credentials)$/i;

/** Comparisons of names that only sound like it. */
const harmless: Readonly<Record<string, string>> = {
  'src/signature/secret.ts: scheme.publishedSecrets?.includes(secret)':
    'both are configured here; no request has a part in it',
  'src/signature/secret.ts: secret !== secret.trim()': 'the same',
  'src/signature/secret.ts: secret.startsWith(whsecPrefix)': 'what every such secret begins with, in the open',
  'src/delivery/diagnosis/key-variants.ts: trimmed === secret': 'a configured secret and itself',
  'src/catalogue/other-credential.ts: secret.startsWith(prefix)':
    'what every such credential begins with, in the open, at the start or when an operator sets it',
  'src/local/gateway/expression.ts: candidate === key': 'the name of a query parameter',
};

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

function nodesOf(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(nodesOf);
  return 'type' in value && typeof value.type === 'string' ? [value as Node, ...inside] : inside;
}

/** `b` of `a.b`, `a` of `a`; undefined for what has no name. */
function nameOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return String(node['name']);
  return node.type === 'MemberExpression' ? nameOf(node['property'] as Node) : undefined;
}

const isSensitive = (node: Node) => sensitive.test(nameOf(node) ?? '');
/** Whether it is there at all, or of what kind, is no secret. */
const isPlain = (node: Node) =>
  node.type === 'Literal' ||
  node.type === 'UnaryExpression' ||
  nameOf(node) === 'undefined' ||
  nameOf(node) === 'length';

const comparing = new Set(['equals', 'compare', 'localeCompare', 'indexOf', 'includes', 'startsWith', 'endsWith']);

function comparisonsIn(file: string, text: string): string[] {
  const found = nodesOf(parseSync(file, text).program).filter((node) => {
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(String(node['operator']))) {
      const sides = [node['left'] as Node, node['right'] as Node];
      return sides.some(isSensitive) && !sides.some(isPlain);
    }
    if (node.type !== 'CallExpression') return false;
    const callee = node['callee'] as Node;
    if (callee.type !== 'MemberExpression' || !comparing.has(nameOf(callee) ?? '')) return false;
    const operands = [callee['object'] as Node, ...(node['arguments'] as Node[])];
    return operands.some(isSensitive) && !(node['arguments'] as Node[]).some(isPlain);
  });
  return found.map(({ start, end }) => `${file}: ${text.slice(start, end).replaceAll(/\s+/g, ' ')}`);
}

test('finds what it looks for', () => {
  const text =
    'a.digest === expected; mac.equals(x); x === y; signature === undefined; s.indexOf(token); token.length === n';
  expect(comparisonsIn('x.ts', text)).toEqual([
    'x.ts: a.digest === expected',
    'x.ts: mac.equals(x)',
    'x.ts: s.indexOf(token)',
  ]);
});

test('nothing that verifies compares a secret, a signature or a digest but in constant time', () => {
  const files = [
    'src/signature',
    'src/secrets',
    'src/delivery',
    'src/catalogue',
    'src/local/gateway',
    'providers',
  ].flatMap(modulesIn);
  expect(files.length).toBeGreaterThan(80);
  const found = files.flatMap((file) =>
    comparisonsIn(file, readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')),
  );
  expect(found.toSorted()).toEqual(Object.keys(harmless).toSorted());
});
