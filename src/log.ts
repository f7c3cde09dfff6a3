/** A value that a log line may carry. Never a secret, a signature or a body. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The fields, with an underscore behind the name of each that has one of these: a log has a meaning of its own for them. */
export function withoutNames(fields: LogFields | undefined, names: ReadonlySet<string>): LogFields {
  const renamed = Object.entries(fields ?? {}).map(([name, value]) => [names.has(name) ? `${name}_` : name, value]);
  return Object.fromEntries(renamed) as LogFields;
}

/** A structured logger: one event name and its fields. */
export interface Log {
  /** Shown by `hookport logs --level debug` alone; a function on AWS writes none. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
