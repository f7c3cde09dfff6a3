import { Ajv, type ErrorObject } from 'ajv';
import { didYouMean } from './did-you-mean.ts';
import type { ConfigPath, Finding } from './issue.ts';
import { configSchema } from './schema.ts';
import { durationPattern, sizePattern } from './units.ts';

const validate = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true }).compile(configSchema);

/** What does not fit the schema, one finding for each mistake, in words. */
export function schemaFindings(value: unknown): Finding[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  return errors.flatMap((error) => {
    const finding = explain(error, errors);
    return finding ? [finding] : [];
  });
}

function explain(error: ErrorObject, all: readonly ErrorObject[]): Finding | undefined {
  const path = pathOf(error.instancePath);
  const name = path.length === 0 ? 'the configuration' : `"${path.at(-1)}"`;
  // An anyOf reports each branch as well; the one sentence of the anyOf itself says it all.
  if (
    error.keyword !== 'anyOf' &&
    all.some((other) => other.keyword === 'anyOf' && other.instancePath === error.instancePath)
  )
    return undefined;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = (error.params as { additionalProperty: string }).additionalProperty;
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      const guess = didYouMean(key, known) || `; known are ${known.join(', ')}`;
      return { path: [...path, key], at: 'key', message: `unknown key "${key}"${guess}` };
    }
    case 'required': {
      const key = (error.params as { missingProperty: string }).missingProperty;
      return { path, at: path.length === 0 ? 'value' : 'key', message: `${name} needs the key "${key}"` };
    }
    case 'propertyNames':
      return {
        path: [...path, (error.params as { propertyName: string }).propertyName],
        at: 'key',
        message: `"${(error.params as { propertyName: string }).propertyName}" is not a usable name here`,
      };
    case 'anyOf':
      return { path, message: `${name} must be true, false, or a duration such as 72h` };
    case 'type':
      return { path, message: `${name} must be ${typeName(error)}${shown(error.data)}` };
    case 'enum':
      return {
        path,
        message: `${name} must be one of ${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')}${shown(error.data)}`,
      };
    case 'const':
      return {
        path,
        message: `${name} can only be ${String((error.params as { allowedValue: unknown }).allowedValue)}`,
      };
    case 'pattern':
      // A bad property name is reported by propertyNames, at its key.
      if (error.propertyName !== undefined) return undefined;
      return { path, message: `${name} ${patternSentence((error.params as { pattern: string }).pattern, error)}` };
    case 'uniqueItems':
      return { path, message: `${name} names something twice` };
    case 'minItems':
    case 'minProperties':
      return { path, message: `${name} is empty; it needs at least one entry` };
    case 'minLength':
      return { path, message: `${name} is empty` };
    default:
      return { path, message: `${name} ${error.message ?? 'does not fit'}${shown(error.data)}` };
  }
}

function pathOf(pointer: string): ConfigPath {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function typeName({ params }: ErrorObject): string {
  const type = String((params as { type: unknown }).type);
  const names: Record<string, string> = {
    object: 'a map of keys',
    array: 'a list',
    string: 'text',
    integer: 'a whole number',
    boolean: 'true or false',
  };
  return names[type] ?? `a ${type}`;
}

function patternSentence(pattern: string, error: ErrorObject): string {
  if (pattern === durationPattern) return `must be a duration such as 30s, 15m, 6h or 14d${shown(error.data)}`;
  if (pattern === sizePattern) return `must be a size such as 256KiB or 1GiB${shown(error.data)}`;
  const description = (error.parentSchema as { description?: string }).description;
  return `does not fit: ${description ?? `it must match ${pattern}`}`.replace(/\.$/, '');
}

/** The value that was found. Only short ones of plain types: a long one may be a secret that somebody pasted. */
function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `, not ${String(value)}`;
  return typeof value === 'string' && value.length <= 16 ? `, not "${value}"` : '';
}
