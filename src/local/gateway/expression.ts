import { HookportError } from '../../errors.ts';

/** A request as API Gateway's parameter mapping can read it. */
export interface MappableRequest {
  /** Names and values in turn, as `node:http` gives them. */
  rawHeaders: readonly string[];
  path: string;
  /** Without the question mark. */
  query: string;
  /** Context variables by their name after `$context.`. */
  context: Readonly<Record<ContextVariable, string>>;
}

/**
 * The context variables that the gateway can fill in. API Gateway has more; a mapping that names one of those is
 * refused at the start.
 */
export const contextVariables = [
  'requestId',
  'requestTimeEpoch',
  'identity.sourceIp',
  'identity.userAgent',
  'httpMethod',
  'path',
  'protocol',
  'routeKey',
  'domainName',
] as const;

export type ContextVariable = (typeof contextVariables)[number];

/** The headers that a mapping reads, each with its place in what {@link selectHeaders} gives. */
export type HeaderSlots = Map<string, number>;

type Variable = (request: MappableRequest, headers: SelectedHeaders) => string;

/** Fixed text and variables in turn. */
export type Expression = readonly (string | Variable)[];

/**
 * Compiles `$name` alone, or text around any number of `${name}`.
 *
 * @param slots gets the headers that the expression reads
 * @throws HookportError `internal` when it names what the gateway cannot read
 */
export function compileExpression(expression: string, slots: HeaderSlots): Expression {
  const alone = /^\$([a-z][\w.-]*)$/i.exec(expression)?.[1];
  if (alone !== undefined) return [variable(alone, slots)];
  return compileText(expression, slots);
}

const placeholder = /\$\{([^}]*)\}/;

/** Compiles text around any number of `${name}`, where `$name` stands for itself. */
export function compileText(text: string, slots: HeaderSlots): Expression {
  return text
    .split(placeholder)
    .map((part, index) => (index % 2 === 1 ? variable(part, slots) : part))
    .filter((part) => part !== '');
}

/** Has a value whatever the request is. */
const always = '${context.requestId}';

/** Whether what {@link compileText} makes of the text is never empty. */
export function isNeverEmpty(text: string): boolean {
  return text.includes(always) || text.split(placeholder).some((part, index) => index % 2 === 0 && part !== '');
}

function variable(name: string, slots: HeaderSlots): Variable {
  if (name === 'request.path') return ({ path }) => path;
  const [, kind, key = ''] = /^(request\.header|request\.querystring|context)\.([\w.-]+)$/.exec(name) ?? [];
  if (kind === 'request.header') {
    const slot = slotOf(key.toLowerCase(), slots);
    return (_request, headers) => headers[slot] ?? '';
  }
  if (kind === 'request.querystring') return ({ query }) => new URLSearchParams(query).getAll(key).join(',');
  const known = contextVariables.find((candidate) => kind === 'context' && candidate === key);
  if (known) return ({ context }) => context[known];
  throw new HookportError('internal', `the local gateway cannot map \${${name}}`);
}

function slotOf(header: string, slots: HeaderSlots): number {
  const slot = slots.get(header) ?? slots.size;
  slots.set(header, slot);
  return slot;
}

/** What a request has of the headers in the slots. */
export type SelectedHeaders = readonly (string | undefined)[];

/** One pass over the request's headers; a header that came more than once is joined with commas, as API Gateway does. */
export function selectHeaders(rawHeaders: readonly string[], slots: ReadonlyMap<string, number>): SelectedHeaders {
  const values: (string | undefined)[] = [];
  for (let slot = 0; slot < slots.size; slot += 1) values.push(undefined);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const slot = slots.get((rawHeaders[index] ?? '').toLowerCase());
    if (slot === undefined) continue;
    const value = rawHeaders[index + 1] ?? '';
    const before = values[slot];
    values[slot] = before === undefined ? value : `${before},${value}`;
  }
  return values;
}

/**
 * Puts the values in as they are.
 *
 * @param allowed what the characters of all values have to match: asked once, since a question costs more than some characters
 * @returns undefined when one does not
 */
export function evaluate(
  expression: Expression,
  request: MappableRequest,
  headers: SelectedHeaders,
  allowed: RegExp,
): string | undefined {
  let text = '';
  let values = '';
  for (const part of expression) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = part(request, headers);
    values += value;
    text += value;
  }
  return allowed.test(values) ? text : undefined;
}
