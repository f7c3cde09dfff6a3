/** `Promise.all` for values of which some are there already; at once, and without a promise for each, if all are. */
export function allOf<Value>(values: readonly (Value | Promise<Value>)[]): Promise<Value[]> {
  const known: Value[] = [];
  for (const value of values)
    if (value instanceof Promise) return Promise.all(values.map((each) => Promise.resolve(each)));
    else known.push(value);
  return Promise.resolve(known);
}
