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
  // An anyOf reports each branch as well; the one sentence of the anyOf itself says it all.
  const alternatives = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map((error) => error.instancePath));
  return errors
    .filter((error) => error.keyword === 'anyOf' || !alternatives.has(error.instancePath))
    .flatMap((error) => explain(error) ?? []);
}

function explain(error: ErrorObject): Finding | undefined {
  const path = pathOf(error.instancePath);
  const params = error.params as Record<string, unknown>;
  const name = path.length === 0 ? 'the configuration' : `"${path.at(-1)}"`;
  const not = path.at(-1) === 'secret' ? '' : shown(error.data);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(path, String(params['additionalProperty']), error);
    case 'required':
      return {
        path,
        at: path.length === 0 ? 'value' : 'key',
        message: `${name} needs the key "${String(params['missingProperty'])}"`,
      };
    case 'propertyNames': {
      const key = String(params['propertyName']);
      return { path: [...path, key], at: 'key', message: `"${key}" is not a usable name here` };
    }
    case 'anyOf':
      return { path, message: `${name} must be true, false, or a duration such as 72h${not}` };
    case 'type':
      return { path, message: `${name} ${patternWords(error) ?? `must be ${typeName(params['type'])}`}${not}` };
    case 'enum':
      return { path, message: `${name} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}${not}` };
    case 'const':
      return { path, message: `${name} can only be ${String(params['allowedValue'])}${not}` };
    case 'pattern': {
      // A bad property name is reported by propertyNames, at its key.
      if (error.propertyName !== undefined) return undefined;
      const words = patternWords(error);
      return { path, message: `${name} ${words === undefined ? notFitting(error) : `${words}${not}`}` };
    }
    case 'minimum':
      return { path, message: `${name} must be ${String(params['limit'])} or more${not}` };
    case 'exclusiveMinimum':
      return { path, message: `${name} must be more than ${String(params['limit'])}${not}` };
    case 'maximum':
      return { path, message: `${name} must be ${String(params['limit'])} or less${not}` };
    case 'uniqueItems':
      return { path, message: `${name} names something twice` };
    case 'minItems':
    case 'minProperties':
      return { path, message: `${name} is empty; it needs at least one entry` };
    case 'minLength':
      return { path, message: `${name} is empty` };
    default:
      return { path, message: `${name} ${error.message ?? 'does not fit'}${not}` };
  }
}

function unknownKey(path: ConfigPath, key: string, { parentSchema }: ErrorObject): Finding {
  const known = Object.keys((parentSchema as { properties?: object }).properties ?? {});
  const guess = didYouMean(key, known);
  // Said first: whoever writes `token: …` needs to hear where the value belongs, not which keys there are.
  const hint =
    guess === '' && /secret|token|password|credential|key$/i.test(key)
      ? '; secrets never stand in this file, see `secret`'
      : guess || `; known are ${known.join(', ')}`;
  return { path: [...path, key], at: 'key', message: `unknown key "${key}"${hint}` };
}

function pathOf(pointer: string): ConfigPath {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
};

function typeName(type: unknown): string {
  return typeNames[String(type)] ?? `a ${String(type)}`;
}

/** For durations and sizes, what they look like. */
function patternWords({ parentSchema }: ErrorObject): string | undefined {
  const { pattern } = parentSchema as { pattern?: string };
  if (pattern === durationPattern) return 'must be a duration such as 30s, 15m, 6h or 14d';
  if (pattern === sizePattern) return 'must be a size such as 256MiB or 1GiB';
  return undefined;
}

function notFitting({ parentSchema }: ErrorObject): string {
  const { description, pattern } = parentSchema as { description?: string; pattern?: string };
  return `does not fit: ${description ?? `it must match ${pattern ?? ''}`}`.replace(/\.$/, '');
}

/** The value that was found. Only short ones of plain types: a long one may be a secret that somebody pasted. */
function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `, not ${String(value)}`;
  return typeof value === 'string' && value.length <= 16 ? `, not "${value}"` : '';
}
