import { createRequire } from 'node:module';
import type cliTruncate from 'cli-truncate';
import type stringWidth from 'string-width';

/**
 * Libraries for text beyond ASCII, loaded when the first of it comes: to build their tables of Unicode takes as long as half
 * of what most commands do.
 */
const load = createRequire(import.meta.url);
const ascii = /^[\x20-\x7e]*$/;

/** How many terminal cells a text takes. */
export function cellsOf(text: string): number {
  if (ascii.test(text)) return text.length;
  return (load('string-width') as { default: typeof stringWidth }).default(text);
}

/** The text, cut to so many cells, with an ellipsis where it was cut. */
export function cutTo(cells: number, text: string): string {
  if (ascii.test(text) && text.length <= cells) return text;
  return (load('cli-truncate') as { default: typeof cliTruncate }).default(text, cells);
}
