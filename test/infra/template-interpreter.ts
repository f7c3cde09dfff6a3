/**
 * What API Gateway does with the synthesized template, executed by a second implementation that shares no code with
 * `src/`: routes, the integration's request parameters, `${…}`, attributes. What the documentation leaves open is
 * decided as the local gateway does it (nothing is escaped; a value that is not ASCII is refused).
 */

export interface CloudFormationTemplate {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
}

export interface InterpretedRequest {
  method: string;
  path: string;
  /** Behind the question mark. @default '' */
  query?: string;
  /** Names and values in turn. */
  rawHeaders: readonly string[];
  body: Uint8Array;
  /** By name, such as `requestId` or `identity.sourceIp`. */
  context: Readonly<Record<string, string>>;
}

export type InterpretedResult =
  | {
      kind: 'sent';
      queueName: string;
      body: string;
      attributes: Record<string, { DataType: string; StringValue: string }>;
    }
  | { kind: 'notFound' }
  /** The request does not become a call of SendMessage at all. */
  | { kind: 'refused'; why: string };

const account = '123456789012';
const region = 'us-east-1';

/** Evaluates `Ref`, `Fn::GetAtt` and `Fn::Join`, as far as request parameters use them. */
export function resolveValue(template: CloudFormationTemplate, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) throw new Error(`no text: ${JSON.stringify(value)}`);
  const [[name, argument] = []] = Object.entries(value) as [string, unknown][];
  if (name === 'Ref') return reference(template, String(argument));
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map((part) => resolveValue(template, part)).join(separator);
  }
  if (name === 'Fn::GetAtt') return (argument as string[]).join('.');
  throw new Error(`an intrinsic function that this interpreter does not know: ${name}`);
}

function reference(template: CloudFormationTemplate, id: string): string {
  const pseudo: Record<string, string> = { 'AWS::AccountId': account, 'AWS::Region': region, 'AWS::Partition': 'aws' };
  const resource = template.Resources[id];
  if (resource?.Type === 'AWS::SQS::Queue')
    return `https://sqs.${region}.amazonaws.com/${account}/${String(resource.Properties?.['QueueName'])}`;
  return pseudo[id] ?? id;
}

/** The routes of a template by their key, each with its request parameters as text. */
export function routesOf(template: CloudFormationTemplate): Map<string, Record<string, string>> {
  const routes = new Map<string, Record<string, string>>();
  for (const { Type, Properties = {} } of Object.values(template.Resources)) {
    if (Type !== 'AWS::ApiGatewayV2::Route') continue;
    const target = resolveValue(template, Properties['Target']).replace(/^integrations\//, '');
    const integration = template.Resources[target]?.Properties ?? {};
    if (integration['IntegrationSubtype'] !== 'SQS-SendMessage' || integration['IntegrationType'] !== 'AWS_PROXY')
      throw new Error(`route ${String(Properties['RouteKey'])} does not lead to SQS`);
    const parameters = integration['RequestParameters'] as Record<string, unknown>;
    const resolved = Object.entries(parameters).map(([name, value]) => [name, resolveValue(template, value)]);
    routes.set(String(Properties['RouteKey']), Object.fromEntries(resolved) as Record<string, string>);
  }
  return routes;
}

/** Runs one request through a template. @param routes Its own, by {@link routesOf}. */
export function interpret(
  routes: ReadonlyMap<string, Record<string, string>>,
  request: InterpretedRequest,
): InterpretedResult {
  const parameters = routes.get(`${request.method} ${request.path}`);
  if (!parameters) return { kind: 'notFound' };
  const evaluated: Record<string, string> = {};
  for (const [name, expression] of Object.entries(parameters)) {
    const value = name === 'QueueUrl' ? expression : evaluate(expression, request);
    if (value === undefined) return { kind: 'refused', why: `${name} cannot be evaluated` };
    evaluated[name] = value;
  }
  const attributes = attributesOf(evaluated['MessageAttributes'] ?? '{}');
  if (!attributes) return { kind: 'refused', why: 'MessageAttributes is not what SendMessage takes' };
  const queueName = evaluated['QueueUrl']?.split('/').at(-1) ?? '';
  return { kind: 'sent', queueName, body: evaluated['MessageBody'] ?? '', attributes };
}

function evaluate(expression: string, request: InterpretedRequest): string | undefined {
  if (expression === '$request.body') {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(request.body);
    } catch {
      return undefined;
    }
  }
  let result = '';
  let rest = expression;
  for (;;) {
    const start = rest.indexOf('${');
    if (start < 0) return result + rest;
    const end = rest.indexOf('}', start);
    const value = variable(rest.slice(start + 2, end), request);
    if (value === undefined) return undefined;
    result += rest.slice(0, start) + value;
    rest = rest.slice(end + 1);
  }
}

function variable(name: string, request: InterpretedRequest): string | undefined {
  const [, header] = /^request\.header\.(.+)$/.exec(name) ?? [];
  if (header !== undefined) {
    const values = request.rawHeaders.filter(
      (_, index) => index % 2 === 1 && request.rawHeaders[index - 1]?.toLowerCase() === header.toLowerCase(),
    );
    const joined = values.join(',');
    return Buffer.byteLength(joined) === joined.length ? joined : undefined;
  }
  const [, parameter] = /^request\.querystring\.(.+)$/.exec(name) ?? [];
  if (parameter !== undefined) {
    const values = (request.query ?? '').split('&').flatMap((pair) => {
      const equals = pair.includes('=') ? pair.indexOf('=') : pair.length;
      return formDecoded(pair.slice(0, equals)) === parameter ? [formDecoded(pair.slice(equals + 1))] : [];
    });
    const joined = values.join(',');
    return Buffer.byteLength(joined) === joined.length ? joined : undefined;
  }
  const [, context] = /^context\.(.+)$/.exec(name) ?? [];
  if (context === undefined || request.context[context] === undefined) throw new Error(`no such variable: ${name}`);
  return request.context[context];
}

/** Byte by byte, and what is no escape stands for itself: `application/x-www-form-urlencoded` as the URL standard reads it. */
function formDecoded(text: string): string {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const escape = /^%([0-9a-f]{2})/i.exec(text.slice(index, index + 3))?.[1];
    if (escape !== undefined) {
      bytes.push(Number.parseInt(escape, 16));
      index += 2;
    } else bytes.push(...(text[index] === '+' ? [0x20] : Buffer.from(text[index] ?? '')));
  }
  return Buffer.from(bytes).toString('utf8');
}

function attributesOf(text: string): Record<string, { DataType: string; StringValue: string }> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  for (const value of Object.values(parsed) as unknown[]) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    for (const [member, content] of Object.entries(value))
      if (!['DataType', 'StringValue', 'BinaryValue'].includes(member) || typeof content !== 'string') return undefined;
  }
  return parsed as Record<string, { DataType: string; StringValue: string }>;
}
