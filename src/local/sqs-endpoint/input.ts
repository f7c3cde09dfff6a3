import { faults, SqsFault } from './fault.ts';

/** The JSON object of a request or of one batch entry. */
export type Input = Readonly<Record<string, unknown>>;

export function isInput(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws SqsFault when it is missing or no text */
export function requiredText(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === '') throw faults.missingParameter(name);
  return value;
}

/** @throws SqsFault when it is no text */
export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw wrongType(name, 'a string');
}

/** @throws SqsFault when it is outside of the range, both ends of which are allowed */
export function optionalInteger(input: Input, name: string, min: number, max: number): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(name, 'an integer');
  if (value < min || value > max)
    throw faults.invalidParameter(
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${min} and ${max}, if provided.`,
    );
  return value;
}

/** @throws SqsFault when it is missing or out of range */
export function requiredInteger(input: Input, name: string, min: number, max: number): number {
  const value = optionalInteger(input, name, min, max);
  if (value === undefined) throw faults.missingParameter(name);
  return value;
}

/** An absent list is an empty one. */
export function textList(input: Input, name: string): readonly string[] {
  const value = input[name] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw wrongType(name, 'a list of strings');
}

/** The JSON protocol's answer to a member of another type than the model has. */
function wrongType(name: string, expected: string): SqsFault {
  return new SqsFault('SerializationException', `${name} must be ${expected}.`);
}
