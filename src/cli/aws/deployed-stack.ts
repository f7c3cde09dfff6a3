import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { parse } from 'yaml';
import { awsUnavailable } from './unavailable.ts';

/** As a template has it. */
export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** What is deployed now. */
export interface DeployedStack {
  /** By their names. */
  outputs: ReadonlyMap<string, string>;
  /** How long each queue of a fixed name keeps a message, in seconds, by its name. */
  retentions: ReadonlyMap<string, number>;
  /** Names of its queues and secrets, as far as they are fixed. */
  names: ReadonlySet<string>;
  /** Names of one's own that an API is served under. */
  domains: readonly string[];
  /** Names of the APIs whose own URL serves. */
  apisWithUrl: readonly string[];
}

/**
 * What a change set leaves that nobody executed (`deploy -- --no-execute`), and a first deploy that failed: neither has
 * resources, and the latter still shows the template that it failed with.
 */
const notDeployed: ReadonlySet<string> = new Set(['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE']);

/**
 * Reads a stack from the account that the environment gives credentials for.
 *
 * @returns undefined when there is no such stack
 * @throws HookportError `aws_unavailable` when it cannot be asked
 */
export async function readDeployedStack(name: string): Promise<DeployedStack | undefined> {
  const client = new CloudFormationClient({});
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (!stack || notDeployed.has(stack.StackStatus ?? '')) return undefined;
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName: name }));
    const outputs = (stack.Outputs ?? []).map(
      ({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const,
    );
    return { outputs: new Map(outputs), ...readTemplate(TemplateBody) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw awsUnavailable(`the stack ${name} cannot be read`, error);
  } finally {
    client.destroy();
  }
}

/**
 * Whether a stack is what a first deploy left that failed: CloudFormation takes nothing but its deletion.
 *
 * @throws HookportError `aws_unavailable`
 */
export async function isFailedCreation(name: string): Promise<boolean> {
  const client = new CloudFormationClient({});
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return stack?.StackStatus === 'ROLLBACK_COMPLETE';
  } catch (error) {
    if (isMissing(error)) return false;
    throw awsUnavailable(`the stack ${name} cannot be read`, error);
  } finally {
    client.destroy();
  }
}

// CloudFormation has no error of its own for a stack that does not exist.
const isMissing = (error: unknown) => error instanceof Error && error.message.includes('does not exist');

/** A source's URL as the stack prints it, by the source's id. */
export function deployedUrls(stack: DeployedStack): Map<string, string> {
  const urls = new Map<string, string>();
  for (const [key, value] of stack.outputs) {
    if (!key.endsWith('Queues')) continue;
    const source = sourceIn(value);
    const url = stack.outputs.get(key.replace(/Queues$/, 'Url'));
    if (source !== undefined && url !== undefined) urls.set(source, url);
  }
  return urls;
}

/** Undefined for an output that is not ours: `infra/app.ts` may add some of any name. */
function sourceIn(output: string): string | undefined {
  try {
    const { source } = JSON.parse(output) as { source?: unknown };
    return typeof source === 'string' ? source : undefined;
  } catch {
    return undefined;
  }
}

/** The name of a queue or a secret, unless CloudFormation makes it. */
export function fixedName({ Type, Properties = {} }: Resource): string | undefined {
  const name = Type === 'AWS::SQS::Queue' ? Properties['QueueName'] : Properties['Name'];
  return (Type === 'AWS::SQS::Queue' || Type === 'AWS::SecretsManager::Secret') && typeof name === 'string'
    ? name
    : undefined;
}

function readTemplate(template: string): Omit<DeployedStack, 'outputs'> {
  // JSON, but for the YAML that `cdk import` leaves.
  const { Resources = {} } = parse(template, { logLevel: 'silent' }) as {
    Resources?: Record<string, Resource>;
  };
  const found = (type: string, property: string) =>
    Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
      const value = Type === `AWS::ApiGatewayV2::${type}` ? Properties[property] : undefined;
      return typeof value === 'string' && Properties['DisableExecuteApiEndpoint'] !== true ? [value] : [];
    });
  const retentions = Object.values(Resources).flatMap(({ Type, Properties = {} }): [string, number][] => {
    const { QueueName: name, MessageRetentionPeriod: seconds } = Properties;
    return Type === 'AWS::SQS::Queue' && typeof name === 'string' && typeof seconds === 'number'
      ? [[name, seconds]]
      : [];
  });
  const names = Object.values(Resources).flatMap((resource) => fixedName(resource) ?? []);
  return {
    retentions: new Map(retentions),
    names: new Set(names),
    domains: found('DomainName', 'DomainName'),
    apisWithUrl: found('Api', 'Name'),
  };
}
