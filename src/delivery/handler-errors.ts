import type { Outcome } from './outcome.ts';

/** Thrown by a handler: trying again is of no use; the delivery goes to the dead-letter queue now. */
export class PermanentError extends Error {
  readonly code = 'HOOKPORT_PERMANENT';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PermanentError';
  }
}

/** SQS allows 12 hours from the receive, of which the attempt itself may have used a quarter of one; a worker's may take more. */
export const longestRetrySeconds = 42_000;

/**
 * Thrown by a handler: try again after so many seconds, 0 to 42,000 (11 hours and 40 minutes); more counts as that many,
 * and 12 hours from the receive on are the most, also of a worker that took hours for the attempt.
 * The attempt counts like any other. Where the source's `queue.retention` ends before, the delivery goes to the dead-letter
 * queue now.
 */
export class RetryAfter extends Error {
  readonly code = 'HOOKPORT_RETRY_AFTER';
  readonly seconds: number;

  constructor(seconds: number, message = 'the handler asked for a later retry', options?: ErrorOptions) {
    if (!Number.isFinite(seconds) || seconds < 0)
      throw new RangeError(`RetryAfter takes a number of seconds that is 0 or more, not ${seconds}`);
    super(message, options);
    this.name = 'RetryAfter';
    this.seconds = seconds;
  }
}

/** What an error that a handler threw comes to. Told by `code`, since a handler may carry its own copy of Hookport. */
export function outcomeOfError(error: unknown): Outcome {
  const detail = describeThrown(error);
  try {
    if (typeof error === 'object' && error !== null && 'code' in error) {
      if (error.code === 'HOOKPORT_PERMANENT') return { kind: 'rejected', reason: 'permanent_error', detail };
      if (error.code === 'HOOKPORT_RETRY_AFTER' && 'seconds' in error && isDelay(error.seconds))
        return { kind: 'failed', reason: 'retry_after', detail, retryAfterSeconds: error.seconds };
    }
  } catch {
    // A getter or a proxy that throws is an error like any other.
  }
  return { kind: 'failed', reason: 'handler_error', detail };
}

function isDelay(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

const maxDetailLength = 500;

/** `Name: message` of whatever was thrown, cut to 500 characters. Never throws, whatever the value is. */
export function describeError(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
    return text.slice(0, maxDetailLength).toWellFormed();
  } catch {
    return 'threw a value that cannot be shown';
  }
}

/**
 * What a handler threw, with what it was caused by: Node says `fetch failed` of any request and nothing at all where no address
 * of a host answers, and the cause alone says why. Cut to 500 characters. Never throws.
 */
export function describeThrown(error: unknown): string {
  try {
    return withCauses(error, 0).slice(0, maxDetailLength).toWellFormed();
  } catch {
    return describeError(error);
  }
}

/** More than one library wraps another's error, and a cause may lead back to itself. */
const maxCauses = 3;

function withCauses(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return `${depth === 0 ? 'threw ' : ''}${describeValue(error)}`;
  const text = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  const own: unknown[] = error.cause === undefined ? [] : [error.cause];
  const causes: unknown[] = error instanceof AggregateError ? error.errors : own;
  if (causes.length === 0 || depth === maxCauses) return text;
  return `${text} (${causes.map((cause) => withCauses(cause, depth + 1)).join('; ')})`;
}

/** Of an object its message or the names of what it holds: its values may be the headers of a request. */
function describeValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('message' in value && typeof value.message === 'string') return value.message;
  const keys = Object.keys(value);
  return keys.length === 0 ? Object.prototype.toString.call(value) : `an object with ${keys.join(', ')}`;
}

const maxFrames = 10;

/** Who calls handlers, and who loads them. */
const callers = /run-handler\.|src\/delivery\/dispatch\.ts|import-until-loaded\.|handler-threads\/thread\./;

/**
 * Where an error was thrown, one frame a line, without its message and without frames of Node and of who called or
 * loaded the handler; undefined where it does not tell. Never throws.
 */
export function framesOf(error: unknown): string | undefined {
  try {
    if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
    const frames = error.stack.split('\n').filter((line) => /^ {4}at /.test(line));
    const ours = frames.findIndex((frame) => callers.test(frame));
    const theirs = frames.slice(0, ours < 0 ? undefined : ours).filter((frame) => !frame.includes('node:'));
    return theirs.length === 0 ? undefined : theirs.slice(0, maxFrames).join('\n');
  } catch {
    return undefined;
  }
}
