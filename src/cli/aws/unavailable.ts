import { awsAdvice } from '../../aws-advice.ts';
import { describeThrown } from '../../delivery/handler-errors.ts';
import { HookportError } from '../../errors.ts';

/** The error that AWS could not be asked for something. @param what could not be, as a sentence */
export function awsUnavailable(what: string, error: unknown): HookportError {
  return new HookportError('aws_unavailable', `${what}: ${saidBy(error)}`, { cause: error });
}

/**
 * Name and message: what AWS says is often in the name alone, and where none of its addresses answers in the causes. And what to
 * do where it was not even asked.
 */
export function saidBy(error: unknown): string {
  return error instanceof Error ? `${describeThrown(error)}${awsAdvice(error)}` : String(error);
}
