import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { didYouMean } from './did-you-mean.ts';
import type { ConfigPath, Finding } from './issue.ts';
import { providerFileSchema } from './provider-schema.ts';
import { configSchema } from './schema.ts';
import { type Branch, branchesOf, discriminatorOf, meantErrors } from './union-errors.ts';
import { durationPattern, sizePattern } from './units.ts';
import { withReferences } from './with-references.ts';

const validators = new Map<string, ValidateFunction>();
/** A command reads one file. Who reads more different ones than this is better off with the whole schema. */
const maxValidators = 8;

/** A validator for files with these keys. Compiled when it is first needed, since every command waits for it. */
function validatorFor(value: unknown): ValidateFunction {
  const absent: string[] = [];
  const schema = needed(configSchema as ObjectSchema, [value], '', absent);
  return validators.get(absent.join()) ?? (validators.size < maxValidators ? add(absent, schema) : whole());
}

/** Nothing is absent from it. */
function whole(): ValidateFunction {
  return validators.get('') ?? add([], configSchema);
}

function add(absent: readonly string[], schema: object): ValidateFunction {
  const validate = compile(schema);
  validators.set(absent.join(), validate);
  return validate;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly additionalProperties?: ObjectSchema | boolean;
}

/**
 * The schema without what it says of keys that none of the values has: that is most of it, and compiling it takes longest of
 * all that a command does at its start.
 *
 * @param absent takes the paths of what was left out
 */
function needed(schema: ObjectSchema, values: readonly unknown[], path: string, absent: string[]): object {
  const maps = values.filter((value) => typeof value === 'object' && value !== null) as Record<string, unknown>[];
  const { properties = {}, additionalProperties } = schema;
  const below = (of: ObjectSchema, key: string, found: readonly unknown[]) => {
    if (found.length > 0) return needed(of, found, `${path}/${key}`, absent);
    absent.push(`${path}/${key}`);
    return {};
  };
  const kept = Object.entries(properties).map(([key, of]) => {
    const found = maps.flatMap((map) => (Object.hasOwn(map, key) ? [map[key]] : []));
    return [key, below(of, key, found)];
  });
  const rest = () =>
    maps.flatMap((map) => Object.keys(map).flatMap((key) => (Object.hasOwn(properties, key) ? [] : [map[key]])));
  return {
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(kept) as object }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: below(additionalProperties, '*', rest()) }),
  };
}

/**
 * In the cheapest way: that the schema is a valid one is tested once, in test/config/schema-text.test.ts, and code that checks
 * one small file need not be optimised.
 */
function compile(schema: object, options: Options = {}): ValidateFunction {
  const cheap: Options = { validateSchema: false, meta: false, code: { optimize: false } };
  const telling: Options = { allErrors: true, verbose: true };
  return new Ajv({ strict: true, allowUnionTypes: true, ...telling, ...cheap, ...options }).compile(schema);
}

/** What does not fit the schema, one finding for each mistake, in words. */
export function schemaFindings(value: unknown): Finding[] {
  return findingsOf(validatorFor(value), value);
}

const providerFile = { type: 'object', properties: { definition: providerFileSchema } };
let fitsProviderFile: ValidateFunction | undefined;
let providerFiles: ValidateFunction | undefined;

/** The same of a definition in a file in providers/. Paths begin at it. */
export function providerFileFindings(definition: unknown): Finding[] {
  // Nearly all fit, which is found out quickest. What does not fit is told apart by where it stands in the whole schema.
  fitsProviderFile ??= compile(withReferences(providerFile), { inlineRefs: false, allErrors: false, verbose: false });
  if (fitsProviderFile({ definition })) return [];
  providerFiles ??= compile(providerFile);
  return findingsOf(providerFiles, { definition }).map(({ path, at = 'value', message }) => ({
    path: path.slice(1),
    at,
    message: message.replace(/^"definition"/, 'the definition'),
  }));
}

function findingsOf(validate: ValidateFunction, value: unknown): Finding[] {
  if (validate(value)) return [];
  return meantErrors(validate.errors ?? []).flatMap((error) => explain(error) ?? []);
}

function explain(error: ErrorObject): Finding | undefined {
  const path = pathOf(error.instancePath);
  const params = error.params as Record<string, unknown>;
  const name = nameOf(path);
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
    case 'oneOf':
      return noneOf(path, error);
    case 'type':
      return {
        path,
        message: `${name} ${patternWords(error) ?? `must be ${typeName(params['type'])}`}${not}${layoutAdvice(path, error)}`,
      };
    case 'enum':
      return {
        path,
        message: `${name} must be one of ${(params['allowedValues'] as unknown[]).map(asWritten).join(', ')}${not}`,
      };
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
    case 'maxItems':
      return { path, message: `${name} must have ${String(params['limit'])} entries at most` };
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

/** A comma stands apart from those between the values only in quotes. */
function asWritten(value: unknown): string {
  return /^[\w.]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
}

/** For a value that fits none of several shapes. */
function noneOf(path: ConfigPath, error: ErrorObject): Finding {
  const branches = branchesOf(error);
  const value: unknown = error.data;
  const { description = 'something else' } = error.parentSchema as { description?: string };
  const otherwise = { path, message: `${nameOf(path)} must be ${description}${shown(value)}` };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return otherwise;
  const key = discriminatorOf(branches);
  const given = key === undefined ? undefined : (value as Record<string, unknown>)[key];
  if (key !== undefined && given !== undefined) return unknownKind([...path, key], given, kindsOf(branches, key));
  const known = [...new Set(branches.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  const guess = unknown === undefined ? '' : didYouMean(unknown, known);
  return unknown === undefined || guess === ''
    ? otherwise
    : { path: [...path, unknown], at: 'key', message: `unknown key "${unknown}"${guess}` };
}

function kindsOf(branches: readonly Branch[], key: string): string[] {
  return branches.flatMap(({ properties }) => {
    const kind = properties?.[key]?.const;
    return typeof kind === 'string' ? [kind] : [];
  });
}

function unknownKind(path: ConfigPath, given: unknown, kinds: readonly string[]): Finding {
  const name = nameOf(path);
  if (path.at(-1) === 'scheme' && given === 'code')
    return {
      path,
      message: `${name} can be code only in a file in providers/; in YAML it is one of ${kinds.join(', ')}`,
    };
  const guess = typeof given === 'string' ? didYouMean(given, kinds) : '';
  return { path, message: `${name} must be one of ${kinds.join(', ')}${shown(given)}${guess}` };
}

/** The last key; for an entry of a list its number and the list. */
function nameOf(path: ConfigPath): string {
  const last = String(path.at(-1));
  if (path.length === 0) return 'the configuration';
  return /^\d+$/.test(last) && path.length > 1 ? `entry ${Number(last) + 1} of "${path.at(-2)}"` : `"${last}"`;
}

function pathOf(pointer: string): ConfigPath {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const typeNames: Readonly<Record<string, string>> = {
  'number,null': 'a number, or null',
  object: 'a map of keys',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
};

function typeName(type: unknown): string {
  return typeNames[String(type)] ?? `a ${String(type)}`;
}

/** Where keys were to follow, the layout is at fault more often than who wrote it. */
function layoutAdvice(path: ConfigPath, { data, params }: ErrorObject): string {
  if ((params as { type?: unknown }).type !== 'object' || path.length === 0) return '';
  if (data === null) return '; indent the keys that belong to it further than it';
  return typeof data === 'string' && /^\w+:(?!\/\/)\S/.test(data) ? '; a blank belongs behind the colon of a key' : '';
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
