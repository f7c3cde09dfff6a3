/**
 * A page with its part between `<!-- name: … -->` and `<!-- end of name -->` made anew.
 *
 * @throws Error where a mark is missing
 */
export function replaceMarked(page: string, name: string, paragraphs: readonly string[]): string {
  const begin = new RegExp(`<!-- ${name}: [^\n]* -->\n`).exec(page)?.[0];
  const end = `<!-- end of ${name} -->`;
  const [before, rest] = begin === undefined ? [] : page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page lacks the marks of ${name}`);
  return `${before}${begin}\n${paragraphs.join('\n\n')}\n\n${end}${after}`;
}
