/**
 * How headers are named where their names in full do not fit: `*` and the end of the name, as much as none other of the names
 * ends with.
 *
 * @param name lower-case, one of `names`
 * @returns the name itself where no end is shorter
 */
export function labelOf(name: string, names: readonly string[]): string {
  const parts = name.split('-');
  for (let count = 1; count < parts.length; count++) {
    const end = parts.slice(-count).join('-');
    if (withEnd(end, names).length === 1) return `*${end}`;
  }
  return name;
}

/** The name that a label with a `*` stands for; undefined where none or several of the names end so. */
export function nameOf(label: string, names: readonly string[]): string | undefined {
  const found = withEnd(label.slice(1), names);
  return found.length === 1 ? found[0] : undefined;
}

function withEnd(end: string, names: readonly string[]): string[] {
  return names.filter((name) => name === end || name.endsWith(`-${end}`));
}
