import type { Finding } from '../issue.ts';
import { functionEnvironmentBytes, maxEnvironmentBytes } from './function-environment.ts';
import { eachSource, placeOf } from './rule.ts';

/** What Lambda sets itself and refuses to be given; a wrapper script is for whoever adds a layer. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const reservedByLambda =
  /^(AWS_(LAMBDA_(?!EXEC_WRAPPER$).*|REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_.*)$/;

/** What the consumer is configured with. */
const reservedByHookport = /^(HOOKPORT_.*|NODE_OPTIONS)$/;

/** Memory and environment that Lambda takes. */
export const functionSettings = eachSource((source, { raw, config }) => {
  const { id, function: settings } = source;
  const findings: Finding[] = [];
  const { memoryMiB, environment = {} } = settings;
  if (memoryMiB < 128 || memoryMiB > 10_240 || !Number.isInteger(memoryMiB))
    findings.push({
      path: placeOf(raw, id, ['function', 'memory']),
      message: 'memory must be whole MiB between 128MiB and 10GiB',
    });
  const bytes = functionEnvironmentBytes(config.name, source);
  if (bytes > maxEnvironmentBytes)
    findings.push({
      path: placeOf(raw, id, ['function', 'environment']),
      at: 'key',
      message: `"environment" comes to ${bytes} bytes for "${id}", as Lambda counts them with the variables of Hookport, and Lambda takes ${maxEnvironmentBytes}; let the handler import a file of its own`,
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
