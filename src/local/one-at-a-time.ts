/** Runs works of one name one after the other, in the order in which they were asked for, and those of other names beside them. */
export function createOneAtATime(): <Result>(name: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const done = (last.get(name) ?? Promise.resolve()).then(work);
    // One that fails holds up no other.
    last.set(
      name,
      done.catch(() => undefined),
    );
    return done;
  };
}
