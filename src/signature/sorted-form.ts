/**
 * Form fields as Twilio signs them: sorted by name, each name followed by its distinct values in order, nothing
 * between. https://www.twilio.com/docs/usage/security#validating-requests
 */
export function formatSortedForm(fields: readonly (readonly [name: string, value: string])[]): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of fields) {
    const known = values.get(name);
    if (known) known.add(value);
    else values.set(name, new Set([value]));
  }
  const sort = (texts: Iterable<string>) => [...texts].toSorted();
  return sort(values.keys())
    .map((name) =>
      sort(values.get(name) ?? [])
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}
