import { type CloudFormationTemplate, resolveValue } from './template-interpreter.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: unknown;
}

/**
 * Every action × resource that a template grants, one line each: `who: effect action on what if condition`. Resources
 * that are queues, secrets and the like are named as the template names them.
 */
export function grants(template: CloudFormationTemplate): string[] {
  const lines: string[] = [];
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::IAM::Role') {
      for (const principal of statementsOf(Properties['AssumeRolePolicyDocument']))
        lines.push(`${roleName(id)}: assumed by ${JSON.stringify(principal.Principal)}`);
      for (const { PolicyDocument } of (Properties['Policies'] ?? []) as { PolicyDocument: unknown }[])
        for (const statement of statementsOf(PolicyDocument))
          lines.push(...describe(template, roleName(id), statement));
      for (const arn of (Properties['ManagedPolicyArns'] ?? []) as unknown[])
        lines.push(`${roleName(id)}: managed policy ${resolveValue(template, arn)}`);
    } else if ('PolicyDocument' in Properties) {
      for (const statement of statementsOf(Properties['PolicyDocument']))
        lines.push(...describe(template, Type, statement));
    }
  }
  return lines.toSorted();
}

function statementsOf(document: unknown): Statement[] {
  return (document as { Statement: Statement[] }).Statement;
}

function describe(template: CloudFormationTemplate, who: string, statement: Statement): string[] {
  const actions = [statement.Action].flat();
  const resources = [statement.Resource].flat();
  const condition = statement.Condition === undefined ? '' : ` if ${JSON.stringify(statement.Condition)}`;
  return actions.flatMap((action) =>
    resources.map((resource) => `${who}: ${statement.Effect} ${action} on ${nameOf(template, resource)}${condition}`),
  );
}

/** Logical ids without the CDK's hash, so that the reviewed table can be read. */
function nameOf(template: CloudFormationTemplate, resource: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = (typeof resource === 'object' ? resource : {}) as {
    Ref?: string;
    'Fn::GetAtt'?: string[];
  };
  const id = Ref ?? attribute?.[0];
  return id === undefined ? resolveValue(template, resource) : roleName(id);
}

function roleName(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}
