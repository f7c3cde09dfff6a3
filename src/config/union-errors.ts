import type { ErrorObject } from 'ajv';

/**
 * Of a value that fits none of several shapes the validator reports what is wrong with it as each of them. What a person
 * needs is the shape that was meant: its mistakes stay, and those of the others go. Where no shape is recognised, one
 * mistake stays that names them all.
 */
export function meantErrors(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors
    .filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf')
    .toSorted((a, b) => a.schemaPath.length - b.schemaPath.length);
  let left = [...errors];
  for (const union of unions) {
    // One that lies in a shape that was not meant is gone already.
    if (!left.includes(union)) continue;
    const inside = (error: ErrorObject) =>
      error.instancePath.startsWith(union.instancePath) && error.schemaPath.startsWith(`${union.schemaPath}/`);
    const meant = meantBranch(branchesOf(union), union.data);
    const kept = (error: ErrorObject) =>
      meant !== undefined && error.schemaPath.startsWith(`${union.schemaPath}/${meant}/`);
    const own = left.filter((error) => inside(error) && kept(error));
    left = left.filter((error) => (error === union ? own.length === 0 : !inside(error) || own.includes(error)));
  }
  return left;
}

/** As much of a shape as tells it from others. */
export interface Branch {
  required?: readonly string[];
  properties?: Readonly<Record<string, { const?: unknown }>>;
}

export function branchesOf({ schema }: ErrorObject): readonly Branch[] {
  return schema as readonly Branch[];
}

/** The key by whose value the shapes differ, such as `scheme`. */
export function discriminatorOf(branches: readonly Branch[]): string | undefined {
  return branches
    .flatMap(({ properties = {} }) => Object.keys(properties).filter((key) => properties[key]?.const !== undefined))
    .find((key) => branches.filter((branch) => branch.properties?.[key]?.const !== undefined).length > 1);
}

/** The shape whose distinguishing key the value has; else the only one of which it has a key that must be there. */
function meantBranch(branches: readonly Branch[], value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const key = discriminatorOf(branches);
  if (key !== undefined && Object.hasOwn(value, key)) {
    const named = branches.findIndex(
      ({ properties }) => properties?.[key]?.const === (value as Record<string, unknown>)[key],
    );
    return named < 0 ? undefined : named;
  }
  const begun = branches.flatMap(({ required = [] }, index) =>
    required.some((name) => name !== key && Object.hasOwn(value, name)) ? [index] : [],
  );
  return begun.length === 1 ? begun[0] : undefined;
}
