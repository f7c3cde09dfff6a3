/** What a host runs. */
export interface Command {
  args: readonly string[];
  /** All of it: nothing else is inherited. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  folder: string;
  /** What stands in stdin, which ends then. */
  input: string;
  /** A module that is loaded before, as `--import` has it; by an `exit` listener it takes back what it changes. @default none */
  preload?: string;
}

/** What a host prints to both of its streams behind what a command printed. @param code The exit code. */
export function ended(code: number): string {
  return `\0ended with ${code}\0`;
}

/** What was printed, and the exit code, where a command has ended. */
export function endOf(printed: string): { text: string; code: number } | undefined {
  const [mark, code] = /\0ended with (\d+)\0$/.exec(printed) ?? [];
  return mark === undefined ? undefined : { text: printed.slice(0, -mark.length), code: Number(code) };
}
