import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

/** What Lambda sets itself and refuses to be given. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const reservedByLambda =
  /^(AWS_(LAMBDA_.*|REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_.*)$/;

/** What the consumer is configured with. */
const reservedByHookport = /^(HOOKPORT_.*|NODE_OPTIONS)$/;

/** Of Lambda's 4 KB for all variables, less what the consumer's own take at least. */
const environmentBytes = 3584;

/** Memory and environment that Lambda takes. */
export const functionSettings = eachSource(({ id, function: settings }, { raw }) => {
  const findings: Finding[] = [];
  const { memoryMiB, environment = {} } = settings;
  if (memoryMiB < 128 || memoryMiB > 10_240 || !Number.isInteger(memoryMiB))
    findings.push({
      path: placeOf(raw, id, ['function', 'memory']),
      message: 'memory must be whole MiB between 128MiB and 10GiB',
    });
  const bytes = Object.entries(environment).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (bytes > environmentBytes)
    findings.push({
      path: placeOf(raw, id, ['function', 'environment']),
      at: 'key',
      message: `"environment" has ${bytes} bytes, and ${environmentBytes} are left of the 4 KB that Lambda takes; let the handler import a file of its own`,
    });
  for (const name of Object.keys(environment)) {
    if (name.length < 2)
      findings.push({
        path: placeOf(raw, id, ['function', 'environment', name]),
        at: 'key',
        message: `"${name}" is too short: Lambda takes names of two letters or more`,
      });
    const owner = reservedByLambda.test(name) ? 'Lambda' : reservedByHookport.test(name) ? 'Hookport' : undefined;
    if (owner !== undefined)
      findings.push({
        path: placeOf(raw, id, ['function', 'environment', name]),
        at: 'key',
        message: `${owner} sets "${name}" itself; choose another name`,
      });
  }
  return findings;
});
