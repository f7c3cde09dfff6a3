import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidProvider } from '../catalogue/define-provider.ts';
import type { Catalogue } from '../catalogue/provider.ts';
import { providerProblems } from '../catalogue/provider-problems.ts';
import { formatIssue, type Issue } from '../config/issue.ts';
import { providerFileFindings } from '../config/schema-findings.ts';
import { HookportError } from '../errors.ts';

// Imports no catalogue: it says why that cannot be loaded.

const folder = path.resolve(import.meta.dirname, '../../providers');

/** What is wrong with the definitions in providers/. `npm run typecheck` tells most of it, and no one need have run it. */
export function catalogueIssues(catalogue: Catalogue): Issue[] {
  return catalogue.ids().flatMap((id) => {
    const definition = catalogue.get(id);
    if (!definition) return [];
    const misshapen = shapeIssues(definition);
    if (misshapen.length > 0) return misshapen;
    return providerProblems(definition).map(({ path: keys, problem }) => issueOf(id, keys, problem));
  });
}

/**
 * Why the commands, which import the providers, could not be loaded.
 *
 * @returns what it was given, where no file in providers/ is the cause
 */
export function explainLoading(error: unknown): unknown {
  if (error instanceof InvalidProvider) {
    const issues = shapeIssues(error.definition);
    return issues.length === 0 ? error : new HookportError('config_invalid', issues.map(formatIssue).join('\n'));
  }
  if (error instanceof HookportError) return error;
  if (!(error instanceof Error))
    return new HookportError(
      'provider_invalid',
      'a file in providers/ throws something that is no error while it is loaded, so that which one is not known',
    );
  const place = placeIn(error);
  if (!place) return error;
  const message = `cannot be loaded: ${error.name}: ${error.message.replaceAll(`${folder}${path.sep}`, 'providers/')}`;
  return new HookportError('config_invalid', formatIssue({ ...place, message }), { cause: error });
}

function shapeIssues(definition: unknown): Issue[] {
  const id = (definition as { id?: unknown } | undefined)?.id;
  return providerFileFindings(definition).map(({ path: keys, message }) => issueOf(id, keys, message));
}

/** A definition does not know its lines; its file is called by its id. */
function issueOf(id: unknown, keys: readonly (string | number)[], problem: string): Issue {
  const file = typeof id === 'string' ? `providers/${id}.ts` : 'providers';
  return { file, line: 1, column: 1, message: keys.length === 0 ? problem : `${keys.join('.')}: ${problem}` };
}

/** Where an error comes from, if that is a file in providers/. */
function placeIn({ stack = '', message }: Error): Omit<Issue, 'message'> | undefined {
  const imported = / imported from (.+)$/m.exec(message)?.[1];
  if (imported?.startsWith(folder)) return { file: shown(imported), line: 1, column: 1 };
  const [, url, line, column = '1'] = /(file:\/\/[^\s)]+?\.ts):(\d+)(?::(\d+))?/.exec(stack) ?? [];
  if (url === undefined || !fileURLToPath(url).startsWith(folder + path.sep)) return undefined;
  return { file: shown(fileURLToPath(url)), line: Number(line), column: Number(column) };
}

function shown(file: string): string {
  return path.join('providers', path.relative(folder, file));
}
