import { HookportError } from '../../errors.ts';
import type { RoutePlan } from '../../plan/plan.ts';

/** A request as API Gateway's parameter mapping can read it. */
export interface MappableRequest {
  /** Names and values in turn, as `node:http` gives them. */
  rawHeaders: readonly string[];
  path: string;
  /** Without the question mark. */
  query: string;
  body: string;
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

/** What a mapping makes of a request: the parameters of SQS's SendMessage, still as text. */
export interface MappedParameters {
  messageBody: string;
  /** JSON text, if the header values that went into it left it intact. */
  messageAttributes: string;
}

type Reader = (request: MappableRequest, headers: readonly string[]) => string;
type Part = string | Reader;

/**
 * Compiles the request parameters of one route.
 *
 * @returns a function that gives `undefined` when a value that goes into the message holds anything but ASCII: what
 *   API Gateway does with such a byte is not documented.
 * @throws HookportError `internal` when an expression names what the gateway cannot read
 */
export function compileMapping(
  parameters: RoutePlan['requestParameters'],
): (request: MappableRequest) => MappedParameters | undefined {
  const headerSlots = new Map<string, number>();
  const body = compile(parameters.MessageBody, headerSlots);
  const attributes = compile(parameters.MessageAttributes, headerSlots);
  return (request) => {
    const headers = selectHeaders(request.rawHeaders, headerSlots);
    const messageAttributes = substitute(attributes, request, headers);
    if (messageAttributes === undefined) return undefined;
    if (parameters.MessageBody === '$request.body') return { messageBody: request.body, messageAttributes };
    const messageBody = substitute(body, request, headers);
    return messageBody === undefined ? undefined : { messageBody, messageAttributes };
  };
}

/** `$name` alone, or text around any number of `${name}`. */
function compile(expression: string, headerSlots: Map<string, number>): Part[] {
  const alone = /^\$([a-z][\w.-]*)$/i.exec(expression)?.[1];
  if (alone !== undefined) return [reader(alone, headerSlots)];
  return expression
    .split(/\$\{([^}]*)\}/)
    .map((part, index) => (index % 2 === 1 ? reader(part, headerSlots) : part))
    .filter((part) => part !== '');
}

function reader(variable: string, headerSlots: Map<string, number>): Reader {
  if (variable === 'request.body') return ({ body }) => body;
  if (variable === 'request.path') return ({ path }) => path;
  const [, kind, name = ''] = /^(request\.header|request\.querystring|context)\.([\w.-]+)$/.exec(variable) ?? [];
  if (kind === 'request.header') {
    const slot = slotOf(name.toLowerCase(), headerSlots);
    return (_request, headers) => headers[slot] ?? '';
  }
  if (kind === 'request.querystring') return ({ query }) => new URLSearchParams(query).getAll(name).join(',');
  const contextVariable = contextVariables.find((known) => kind === 'context' && known === name);
  if (contextVariable) return ({ context }) => context[contextVariable];
  throw new HookportError('internal', `the local gateway cannot map \${${variable}}`);
}

function slotOf(name: string, headerSlots: Map<string, number>): number {
  const slot = headerSlots.get(name) ?? headerSlots.size;
  headerSlots.set(name, slot);
  return slot;
}

/** One pass over the request's headers; a header that came more than once is joined with commas, as API Gateway does. */
function selectHeaders(rawHeaders: readonly string[], headerSlots: ReadonlyMap<string, number>): string[] {
  const values: string[] = Array.from({ length: headerSlots.size });
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const slot = headerSlots.get((rawHeaders[index] ?? '').toLowerCase());
    if (slot === undefined) continue;
    const value = rawHeaders[index + 1] ?? '';
    const before = values[slot];
    values[slot] = before === undefined ? value : `${before},${value}`;
  }
  return values;
}

/** Puts the values in as they are: whether API Gateway escapes them for JSON is not known, so nothing is escaped. */
function substitute(parts: readonly Part[], request: MappableRequest, headers: readonly string[]): string | undefined {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = part(request, headers);
    if (nonAscii.test(value)) return undefined;
    text += value;
  }
  return text;
}

// oxlint-disable-next-line no-control-regex -- the range is meant: everything outside of ASCII
const nonAscii = /[^\u0000-\u007f]/;
