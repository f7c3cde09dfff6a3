import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { type LogLevel, logLevels } from '../../local/console-log.ts';
import type { KeptLine } from '../../local/log-file.ts';
import type { LogFields } from '../../log.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A line of a function's log group: ours, what a handler printed, what Lambda says of an invocation, or a metric.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
 */
export function toKeptLine({ timestamp = 0, message = '' }: FilteredLogEvent, source: string): KeptLine {
  const line = { time: new Date(timestamp).toISOString(), level: 'info' as LogLevel };
  const json = parse(message);
  if (!json) return { ...line, message: message.trimEnd(), fields: { source } };
  if ('_aws' in json) return { ...line, level: 'debug', message: 'metrics', fields: fieldsOf(json, source, ['_aws']) };
  if (typeof json['type'] === 'string' && isObject(json['record']))
    return {
      ...line,
      level: levelOfRecord(json['record']),
      message: json['type'],
      fields: fieldsOf(json['record'], source),
    };
  return {
    ...line,
    level: toLevel(json['level']),
    message: toText(json['message'] ?? json['errorMessage'] ?? message),
    fields: fieldsOf(json, source, ['level', 'message', 'timestamp', 'time', 'service', 'stackTrace']),
  };
}

/** Of `platform.start`, `platform.report` and the like. */
function levelOfRecord({ status }: Json): LogLevel {
  return status === undefined || status === 'success' ? 'debug' : 'error';
}

const otherNames: Readonly<Record<string, LogLevel>> = { trace: 'debug', critical: 'error', fatal: 'error' };

function toLevel(level: unknown): LogLevel {
  const name = typeof level === 'string' ? level.toLowerCase() : '';
  return logLevels.find((each) => each === name) ?? otherNames[name] ?? 'info';
}

function fieldsOf(json: Json, source: string, without: readonly string[] = []): LogFields {
  const rest = Object.entries(json).filter(([name]) => !without.includes(name));
  const { stackTrace } = json;
  const stack = Array.isArray(stackTrace) ? { stack: stackTrace.join('\n') } : {};
  return { source, ...Object.fromEntries(rest.map(([name, value]) => [name, toField(value)])), ...stack };
}

function toField(value: unknown): LogFields[string] {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  return toText(value);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(message: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
