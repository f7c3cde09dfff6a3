import { parse, stringify } from 'yaml';
import { failure, members, ok, tags } from './xml.ts';

export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; DeletionPolicy?: string }>;
  Outputs?: Record<string, { Value: unknown; Description?: string }>;
}

interface Stack {
  id: string;
  status: string;
  template: Template;
  changeSets: Map<string, ChangeSet>;
  events: { at: Date; status: string; token: string }[];
}

interface ChangeSet {
  template: Template;
  /** Why it cannot be executed. */
  problem: string | undefined;
  imports: boolean;
}

/** What the account holds, and what was asked of it. */
export interface Stacks {
  answer(form: URLSearchParams): { status: number; body: string };
  /** The template of a stack as it is deployed now. */
  deployed(name: string): Template | undefined;
  /** Names of queues and secrets that were kept when their stack let go of them. */
  kept(): string[];
  /** What a queue is set to, or a secret, by its name. */
  settings(name: string): Readonly<Record<string, unknown>>;
  /** Puts a queue or a secret into the account that is in no stack. */
  keep(name: string, settings: Readonly<Record<string, unknown>>): void;
  /** How many change sets were executed. */
  executed(): number;
  /** Deploys a template by itself. */
  put(name: string, template: Template): void;
  /** Leaves a stack that is not deployed: for want of anybody who executes its change set, or since its first deploy failed. */
  leave(name: string, status: string, template: Template): void;
}

/**
 * CloudFormation's query protocol, as far as the CDK CLI and the command line ask: change sets and their execution,
 * which takes no time. What a stack lets go of and must keep (`Retain`, `RetainExceptOnCreate`) stays in the account
 * under its name, and a change set that makes a resource of that name fails, also with ImportExistingResources: that takes no
 * type whose primary identifier is read-only, as are a queue's URL and a secret's ARN. A change set of the type IMPORT takes
 * them by these: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
 *
 * @param options.readTemplate The object behind a TemplateURL.
 * @param options.output The value of an output; CloudFormation would resolve it.
 */
export function createStacks(options: {
  readTemplate: (url: string) => string;
  output: (value: unknown) => string;
}): Stacks {
  const stacks = new Map<string, Stack>();
  const kept = new Set<string>();
  const settings = new Map<string, Readonly<Record<string, unknown>>>();
  let executed = 0;

  const find = (nameOrId: string) => stacks.get(nameOrId.split('/').at(1) ?? nameOrId);
  const close = (stack: Stack, status: string, token = '') => {
    stack.status = status;
    stack.events.push({ at: new Date(), status, token });
  };

  const actions: Record<string, (form: URLSearchParams) => { status: number; body: string } | string> = {
    DescribeStacks(form) {
      const name = form.get('StackName') ?? '';
      const stack = find(name);
      if (!stack) return failure('ValidationError', `Stack with id ${name} does not exist`);
      return `<Stacks><member>${describe(name.split('/').at(1) ?? name, stack, options.output)}</member></Stacks>`;
    },
    GetTemplate(form) {
      const stack = find(form.get('StackName') ?? '');
      if (!stack) return failure('ValidationError', 'Stack does not exist');
      // A stack that has had change sets alone has no template: https://github.com/aws/aws-cdk/pull/7731
      return tags({ TemplateBody: templateBody(stack) });
    },
    CreateChangeSet(form) {
      const name = form.get('StackName') ?? '';
      const url = form.get('TemplateURL');
      // The CDK CLI writes that of an import as YAML.
      const text = url ? options.readTemplate(url) : (form.get('TemplateBody') ?? '{}');
      const template = parse(text) as Template;
      const stack = find(name) ?? newStack(name);
      stacks.set(name, stack);
      const imports = form.get('ChangeSetType') === 'IMPORT';
      const problem = imports ? problemOfImport(template, form, kept) : problemOf(stack.template, template, kept);
      const changeSet = form.get('ChangeSetName') ?? '';
      stack.changeSets.set(changeSet, { template, problem, imports });
      return tags({ Id: changeSetId(changeSet), StackId: stack.id });
    },
    DescribeChangeSet(form) {
      const stack = find(form.get('StackName') ?? '');
      const changeSet = stack?.changeSets.get(changeSetName(form));
      if (!stack || !changeSet) return failure('ChangeSetNotFound', 'there is no such change set');
      const changes = changesOf(stack.template, changeSet.template, kept);
      return (
        tags({
          StackName: form.get('StackName') ?? '',
          StackId: stack.id,
          ChangeSetName: changeSetName(form),
          ChangeSetId: changeSetId(changeSetName(form)),
          CreationTime: new Date().toISOString(),
          ExecutionStatus: changeSet.problem === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
          Status: changeSet.problem === undefined ? 'CREATE_COMPLETE' : 'FAILED',
          ...(changeSet.problem !== undefined && { StatusReason: changeSet.problem }),
        }) +
        `<Changes>${members(changes.map((change) => `<Type>Resource</Type><ResourceChange>${tags(change)}</ResourceChange>`))}</Changes>`
      );
    },
    ExecuteChangeSet(form) {
      const stack = find(form.get('StackName') ?? '');
      const changeSet = stack?.changeSets.get(changeSetName(form));
      if (!stack || !changeSet || changeSet.problem !== undefined)
        return failure('InvalidChangeSetStatus', changeSet?.problem ?? 'there is no such change set');
      const isNew = stack.status === 'REVIEW_IN_PROGRESS';
      letGo(stack.template, changeSet.template, kept);
      if (!changeSet.imports) setQueues(stack.template, changeSet.template, settings);
      stack.template = changeSet.template;
      executed += 1;
      const done = changeSet.imports ? 'IMPORT_COMPLETE' : isNew ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE';
      close(stack, done, form.get('ClientRequestToken') ?? '');
      return '';
    },
    DeleteChangeSet(form) {
      find(form.get('StackName') ?? '')?.changeSets.delete(changeSetName(form));
      return '';
    },
    DescribeStackEvents(form) {
      const name = form.get('StackName') ?? '';
      const events = find(name)?.events ?? [];
      return `<StackEvents>${members(events.map((event) => describeEvent(name, event)))}</StackEvents>`;
    },
    DescribeEvents: () => '<OperationEvents/>',
    ListStackResources: () => '<StackResourceSummaries/>',
    DescribeStackResources: () => '<StackResources/>',
    DeleteStack(form) {
      const name = (form.get('StackName') ?? '').split('/').at(1) ?? form.get('StackName') ?? '';
      const stack = stacks.get(name);
      if (stack) letGo(stack.template, { Resources: {} }, kept);
      stacks.delete(name);
      return '';
    },
  };

  return {
    answer(form) {
      const action = form.get('Action') ?? '';
      const answered = actions[action]?.(form) ?? failure('InvalidAction', `this account does not know ${action}`);
      return typeof answered === 'string' ? ok(action, answered) : answered;
    },
    deployed: (name) => stacks.get(name)?.template,
    kept: () => [...kept].toSorted(),
    settings: (name) => settings.get(name) ?? {},
    keep(name, its) {
      kept.add(name);
      settings.set(name, its);
    },
    executed: () => executed,
    leave: (name, status, template) => void stacks.set(name, { ...newStack(name), status, template }),
    put: (name, template) => void stacks.set(name, { ...newStack(name), status: 'CREATE_COMPLETE', template }),
  };
}

function newStack(name: string): Stack {
  return {
    id: `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/1`,
    status: 'REVIEW_IN_PROGRESS',
    template: { Resources: {} },
    changeSets: new Map(),
    events: [],
  };
}

/** As it was given: an import's is YAML. */
function templateBody({ status, template }: Stack): string {
  if (status === 'REVIEW_IN_PROGRESS') return '';
  return status === 'IMPORT_COMPLETE' ? stringify(template) : JSON.stringify(template);
}

function changeSetId(name: string): string {
  return `arn:aws:cloudformation:us-east-1:123456789012:changeSet/${name}/1`;
}

/** Of an id too, which is an ARN. */
function changeSetName(form: URLSearchParams): string {
  const name = form.get('ChangeSetName') ?? '';
  return name.startsWith('arn:') ? (name.split('/').at(1) ?? '') : name;
}

function problemOf(before: Template, after: Template, taken: ReadonlySet<string>): string | undefined {
  if (JSON.stringify(before) === JSON.stringify(after))
    return "The submitted information didn't contain changes. Submit different information to create a change set.";
  const clash = Object.entries(after.Resources).find(
    ([id, resource]) => !before.Resources[id] && taken.has(nameOf(resource) ?? ''),
  );
  return clash && `Resource of type '${clash[1].Type}' with identifier '${nameOf(clash[1])}' already exists.`;
}

/** Of an import: each resource is named by its identifier, and what is there already. */
function problemOfImport(after: Template, form: URLSearchParams, kept: ReadonlySet<string>): string | undefined {
  const identifiers: Record<string, string> = { 'AWS::SQS::Queue': 'QueueUrl', 'AWS::SecretsManager::Secret': 'Id' };
  for (let index = 1; ; index++) {
    const of = `ResourcesToImport.member.${index}`;
    const id = form.get(`${of}.LogicalResourceId`);
    if (id === null) return index === 1 ? 'nothing to import' : undefined;
    const resource = after.Resources[id];
    const name = resource && nameOf(resource);
    const key = form.get(`${of}.ResourceIdentifier.entry.1.key`);
    const value = form.get(`${of}.ResourceIdentifier.entry.1.value`) ?? '';
    if (!resource || name === undefined || !kept.has(name)) return `${id} is not in the account`;
    if (key !== identifiers[resource.Type] || !value.includes(name))
      return `${id} is not identified by ${key} ${value}`;
  }
}

function changesOf(before: Template, after: Template, kept: ReadonlySet<string>): Record<string, string>[] {
  const added = Object.entries(after.Resources).filter(([id]) => !before.Resources[id]);
  const removed = Object.entries(before.Resources).filter(([id]) => !after.Resources[id]);
  const changed = Object.entries(after.Resources).filter(
    ([id, resource]) => before.Resources[id] && JSON.stringify(before.Resources[id]) !== JSON.stringify(resource),
  );
  const change = (Action: string, LogicalResourceId: string, ResourceType: string) => ({
    Action,
    LogicalResourceId,
    ResourceType,
  });
  return [
    ...added.map(([id, each]) => change(kept.has(nameOf(each) ?? '') ? 'Import' : 'Add', id, each.Type)),
    ...removed.map(([id, { Type }]) => change('Remove', id, Type)),
    ...changed.map(([id, { Type }]) => change('Modify', id, Type)),
  ];
}

/** What leaves the stack and must be kept stays in the account; what comes (back) is the stack's again. */
function letGo(before: Template, after: Template, kept: Set<string>): void {
  for (const [id, resource] of Object.entries(before.Resources)) {
    const name = nameOf(resource);
    if (name !== undefined && !after.Resources[id] && resource.DeletionPolicy?.startsWith('Retain')) kept.add(name);
  }
  for (const resource of Object.values(after.Resources)) kept.delete(nameOf(resource) ?? '');
}

/**
 * A deploy sets what differs between two templates, and does not look at what is set already. An import sets nothing:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
 */
function setQueues(before: Template, after: Template, settings: Map<string, Readonly<Record<string, unknown>>>): void {
  for (const [id, resource] of Object.entries(after.Resources)) {
    const name = nameOf(resource);
    if (resource.Type !== 'AWS::SQS::Queue' || name === undefined) continue;
    const was = before.Resources[id]?.Properties ?? {};
    const changed = Object.entries(resource.Properties ?? {}).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(was[key]),
    );
    settings.set(name, { ...settings.get(name), ...Object.fromEntries(changed) });
  }
}

function nameOf({ Type, Properties = {} }: Template['Resources'][string]): string | undefined {
  const property = { 'AWS::SQS::Queue': 'QueueName', 'AWS::SecretsManager::Secret': 'Name' }[Type];
  const name = property === undefined ? undefined : Properties[property];
  return typeof name === 'string' ? name : undefined;
}

function describe(name: string, stack: Stack, output: (value: unknown) => string): string {
  const outputs = Object.entries(stack.template.Outputs ?? {}).map(([OutputKey, { Value }]) =>
    tags({ OutputKey, OutputValue: output(Value) }),
  );
  return (
    tags({
      StackName: name,
      StackId: stack.id,
      StackStatus: stack.status,
      CreationTime: '2026-01-01T00:00:00Z',
    }) + `<Outputs>${members(outputs)}</Outputs>`
  );
}

function describeEvent(stack: string, { at, status, token }: Stack['events'][number]): string {
  return tags({
    StackId: stack,
    EventId: `${at.getTime()}`,
    StackName: stack,
    LogicalResourceId: stack,
    ResourceType: 'AWS::CloudFormation::Stack',
    Timestamp: at.toISOString(),
    ResourceStatus: status,
    ClientRequestToken: token,
  });
}
