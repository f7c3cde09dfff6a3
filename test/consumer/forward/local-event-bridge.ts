import { startAwsJson } from '../../fakes/aws-json.ts';

export interface PutEntry {
  EventBusName?: string;
  Source: string;
  DetailType: string;
  Detail: string;
  /** Epoch seconds. */
  Time: number;
}

const maxBytes = 1024 * 1024;

/**
 * Stands in for EventBridge: takes what the AWS SDK's `PutEvents` sends, refuses what EventBridge documents that it
 * refuses, and records the rest.
 */
export async function startLocalEventBridge() {
  const state = {
    requests: [] as PutEntry[][],
    /** Answers instead of the whole request. */
    fault: undefined as { status: number; type: string } | undefined,
    /** The same for some requests. */
    faultOf: ((_entries: PutEntry[]) => undefined) as (
      entries: PutEntry[],
    ) => { status: number; type: string } | undefined,
    /** An error code for an entry, as a partial failure. */
    errorOf: ((_entry: PutEntry) => undefined) as (entry: PutEntry) => string | undefined,
  };
  const server = await startAwsJson((action, input) => {
    if (action !== 'PutEvents') return { status: 400, body: { __type: 'UnknownOperationException' } };
    const entries = input['Entries'] as PutEntry[];
    const fault = state.fault ?? state.faultOf(entries);
    if (fault) return { status: fault.status, body: { __type: fault.type, message: 'no' } };
    const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (entries.length > 10 || bytes >= maxBytes)
      return { status: 400, body: { __type: 'ValidationException', message: 'Total size of the entries' } };
    state.requests.push(entries);
    const Entries = entries.map((entry, index) => {
      const ErrorCode = isObject(entry.Detail) ? state.errorOf(entry) : 'MalformedDetail';
      return ErrorCode === undefined ? { EventId: `event-${index}` } : { ErrorCode, ErrorMessage: 'no' };
    });
    return { status: 200, body: { FailedEntryCount: Entries.filter((entry) => entry.ErrorCode).length, Entries } };
  });
  return { ...server, state };
}

function sizeOf({ Source, DetailType, Detail }: PutEntry): number {
  return 14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
