import { routesOf, type CloudFormationTemplate } from './template-interpreter.ts';

const known = new Set([
  'QueueUrl',
  'MessageBody',
  'MessageAttributes',
  'DelaySeconds',
  'MessageDeduplicationId',
  'MessageGroupId',
  'MessageSystemAttributes',
  'Region',
]);

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const contextVariables = new Set([
  'requestId',
  'requestTimeEpoch',
  'requestTime',
  'extendedRequestId',
  'identity.sourceIp',
  'identity.userAgent',
  'httpMethod',
  'path',
  'routeKey',
  'domainName',
  'stage',
  'apiId',
  'accountId',
  'protocol',
]);

/** API Gateway's limit for request line and header values: what a mapping can fill in at most. */
const maxHeadBytes = 10_240;

/**
 * What is wrong with the request parameters of a template's routes. No tool looks into them: neither the CDK, nor
 * CloudFormation's validation, nor cfn-lint.
 */
export function lintRequestParameters(template: CloudFormationTemplate): string[] {
  const routes = routesOf(template);
  const issues = [...routes].flatMap(([key, parameters]) => lintRoute(parameters).map((issue) => `${key}: ${issue}`));
  const keys = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => String(Properties?.['RouteKey']));
  if (new Set(keys).size !== keys.length) issues.push('two routes have the same key');
  for (const key of keys) if (key.endsWith('/')) issues.push(`${key}: a route key must not end in a slash`);
  const integrations = Object.values(template.Resources).filter(
    ({ Type }) => Type === 'AWS::ApiGatewayV2::Integration',
  );
  if (integrations.length > 300) issues.push('an API takes 300 integrations at most');
  return issues;
}

function lintRoute(parameters: Record<string, string>): string[] {
  const issues = Object.keys(parameters)
    .filter((name) => !known.has(name))
    .map((name) => `SendMessage takes no parameter ${name}`);
  if (!parameters['QueueUrl']) issues.push('QueueUrl is missing');
  if (parameters['MessageBody'] !== '$request.body') issues.push('MessageBody is not the whole body');
  for (const name of ['MessageDeduplicationId', 'MessageGroupId'])
    if (name in parameters) issues.push(`${name} must not come from a request that nobody has verified`);
  return [...issues, ...lintAttributes(parameters['MessageAttributes'] ?? '')];
}

function lintAttributes(text: string): string[] {
  const issues: string[] = [];
  const variables = [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, name = '']) => name);
  if (text.length > 512) issues.push(`MessageAttributes has ${text.length} characters, and API Gateway takes 512`);
  if (variables.length === 0) issues.push('MessageAttributes without any variable is refused by API Gateway');
  for (const name of variables) {
    const [, kind, rest = ''] = /^(request\.header|request\.querystring|context)\.(.+)$/.exec(name) ?? [];
    if (kind === undefined) issues.push(`no such variable: ${name}`);
    if (kind === 'context' && !contextVariables.has(rest)) issues.push(`no such context variable: ${rest}`);
    if (kind === 'request.header' && !/^[a-z0-9-]+$/.test(rest)) issues.push(`no name of a header: ${rest}`);
    if (kind === 'request.querystring' && !/^[A-Za-z0-9_-]+$/.test(rest))
      issues.push(`no name of a parameter: ${rest}`);
  }
  let attributes: Record<string, { DataType?: unknown; StringValue?: unknown }>;
  try {
    attributes = JSON.parse(
      text.replaceAll(/\$\{[^}]*\}/g, (variable) => (variable.startsWith('${context.') ? 'x' : '')),
    ) as typeof attributes;
  } catch {
    return [...issues, 'MessageAttributes is no JSON'];
  }
  const entries = Object.entries(attributes);
  if (entries.length === 0 || entries.length > 10) issues.push(`SQS takes 1 to 10 attributes, not ${entries.length}`);
  let staticBytes = 0;
  for (const [name, { DataType, StringValue }] of entries) {
    if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name) || /^(aws|amazon)\./i.test(name))
      issues.push(`no name of an attribute: ${name}`);
    if (DataType !== 'String') issues.push(`${name}: DataType is not String`);
    if (typeof StringValue !== 'string' || StringValue === '')
      issues.push(`${name}: its value may be empty, which SQS refuses`);
    staticBytes += name.length + 'String'.length + String(StringValue).length;
  }
  const mappings = variables.filter((name) => name.startsWith('request.'));
  if (new Set(mappings).size !== mappings.length)
    issues.push('a header or parameter is mapped twice, so its size counts twice');
  if (staticBytes + maxHeadBytes > 16 * 1024) issues.push('attributes could take more than 16 KiB of a message');
  return issues;
}
