/** What a handler's file says of the provider that it is written for. */
export interface DeclaredProvider {
  provider: string;
  /** How it says so. */
  by: 'defineHandler' | 'defineBatchHandler';
}

/** `import { defineHandler, … } from 'hookport'`, with what stands in the braces. */
const importPattern = /^import\s*\{([^}]*)\}\s*from\s*(['"])hookport\2/gm;

const exportPattern = /^export default (defineHandler|defineBatchHandler)\(\s*(['"])([^'"\n]{1,100})\2\s*,/gm;

/**
 * The provider that a handler is written for, by the text of its file, since nothing of it shall run before a delivery comes. Told only
 * of what is written as everywhere in the docs: `export default defineHandler('github', …)`, made by Hookport's own function. Of
 * anything else the load tells, with the first delivery.
 */
export function declaredProvider(text: string): DeclaredProvider | undefined {
  // A module has one; of several, some are comments.
  const [found, ...others] = text.matchAll(exportPattern);
  if (!found || others.length > 0 || isInComment(text, found.index)) return undefined;
  const [, by, , provider] = found as unknown as [string, DeclaredProvider['by'], string, string];
  const names = [...text.matchAll(importPattern)].flatMap(([, braces = '']) => braces.split(','));
  return names.some((name) => name.trim() === by) ? { provider, by } : undefined;
}

/** Also where `/*` stands in a text before it: then nothing is told. */
function isInComment(text: string, at: number): boolean {
  return text.lastIndexOf('/*', at) > text.lastIndexOf('*/', at);
}
