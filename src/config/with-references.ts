/**
 * The same schema, where each part that stands in it more than once (as the same object) is written once, under
 * `definitions`, and referred to elsewhere. Ajv makes code for each place otherwise: for the files of providers six times as
 * much, which then takes longer to compile and to run than all else that a command does.
 *
 * @param schema a JSON schema without references or definitions of its own
 */
export function withReferences(schema: object): object {
  const places = placesOf(schema);
  const names = new Map<object, string>();
  const definitions: Record<string, unknown> = {};
  const inside = (part: object) => Object.fromEntries(Object.entries(part).map(([key, value]) => [key, short(value)]));
  function short(part: unknown): unknown {
    if (Array.isArray(part)) return part.map(short);
    if (typeof part !== 'object' || part === null) return part;
    if (places.get(part) === 1) return inside(part);
    const known = names.get(part);
    const name = known ?? `part${names.size + 1}`;
    if (known === undefined) {
      names.set(part, name);
      definitions[name] = inside(part);
    }
    return { $ref: `#/definitions/${name}` };
  }
  return { ...inside(schema), definitions };
}

/** In how many places each object stands. What a repeated one holds counts once. */
function placesOf(schema: object): Map<object, number> {
  const places = new Map<object, number>();
  const visit = (part: unknown) => {
    if (typeof part !== 'object' || part === null) return;
    const before = places.get(part) ?? 0;
    places.set(part, before + 1);
    if (before === 0) for (const inner of Object.values(part)) visit(inner);
  };
  visit(schema);
  return places;
}
