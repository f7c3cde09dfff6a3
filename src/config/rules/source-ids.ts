import { secretVariable } from '../../secrets/variables.ts';
import type { Finding } from '../issue.ts';
import type { Rule } from './rule.ts';

/** SQS's limit for a queue's name. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
const maxQueueName = 80;

/** Ids make queue names, paths and environment variables: they must fit all three, and differ in each. */
export const sourceIds: Rule = ({ config }) => {
  const findings: Finding[] = [];
  const ids = new Set(config.sources.map(({ id }) => id));
  const byVariable = new Map<string, string>();
  const byLetters = new Map<string, string>();
  for (const { id } of config.sources) {
    const find = (message: string) => findings.push({ path: ['sources', id], at: 'key', message });
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
      find(`source id "${id}" must be lower-case letters and digits, in words joined by single hyphens`);
    const queue = `${config.name}-${id}-verified`;
    if (queue.length > maxQueueName)
      find(
        `source id "${id}" is too long: the queue name ${queue} has ${queue.length} characters, SQS takes ${maxQueueName}`,
      );
    for (const suffix of ['-dlq', '-verified', '-events'])
      if (id.endsWith(suffix) && ids.has(id.slice(0, -suffix.length)))
        find(`source id "${id}" collides with a queue of the source "${id.slice(0, -suffix.length)}"; choose another`);
    const variable = secretVariable(id);
    const other = byVariable.get(variable);
    if (other !== undefined) find(`sources "${other}" and "${id}" would share the secret ${variable}; rename one`);
    byVariable.set(variable, id);
    const letters = id.replaceAll('-', '');
    const alike = byLetters.get(letters);
    if (alike !== undefined && other === undefined)
      find(
        `sources "${alike}" and "${id}" differ in hyphens alone, which CloudFormation’s names leave out; rename one`,
      );
    byLetters.set(letters, id);
  }
  return findings;
};
