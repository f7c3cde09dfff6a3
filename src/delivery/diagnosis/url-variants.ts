/** What a public URL may have been typed as at the provider. */
export function urlVariants(url: string): string[] {
  const variants = new Set<string>();
  const slash = url.endsWith('/') ? url.slice(0, -1) : `${url}/`;
  for (const each of [url, slash]) {
    variants.add(each);
    variants.add(each.startsWith('https:') ? each.replace('https:', 'http:') : each.replace('http:', 'https:'));
    variants.add(each.replace(/^(https?:\/\/[^/:]+)(:\d+)/, '$1'));
  }
  variants.delete(url);
  return [...variants];
}
