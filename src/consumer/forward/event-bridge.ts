import type { EventBridgeClient, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { describeThrown } from '../../delivery/handler-errors.ts';
import type { BusEvent, EventBus, PutResult } from './event-bus.ts';

export interface EventBridgeOptions {
  /** Called with the first event: loading the SDK is most of a function's start. */
  client: () => Promise<Pick<EventBridgeClient, 'send'>>;
  /** Name or ARN. */
  eventBus: string;
}

/** What EventBridge says of an entry that it will never take. */
const refusalCodes: ReadonlySet<string> = new Set(['InvalidArgument', 'MalformedDetail', 'ValidationException']);

/**
 * A bus behind `PutEvents`. Where EventBridge refuses a whole request for what it holds, each event is put alone, so
 * that one does not stop its neighbours; nor does one that fails then, or what was put would be put again.
 */
export function createEventBridge(options: EventBridgeOptions): EventBus {
  const put = async (events: readonly BusEvent[]): Promise<readonly PutResult[]> => {
    try {
      const entries = await putEvents(options, events);
      return events.map((_, index) => toResult(entries[index]));
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (!refusalCodes.has(name)) throw error;
      if (events.length > 1) return Promise.all(events.map(putAlone));
      return [{ ok: false, refused: true, detail: `EventBridge refused the event: ${name}` }];
    }
  };
  const putAlone = async (event: BusEvent): Promise<PutResult> => {
    try {
      const [result] = await put([event]);
      return result ?? toResult(undefined);
    } catch (error) {
      return { ok: false, refused: false, detail: describeThrown(error) };
    }
  };
  return { put };
}

async function putEvents(
  { client, eventBus }: EventBridgeOptions,
  events: readonly BusEvent[],
): Promise<readonly PutEventsResultEntry[]> {
  const { PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const Entries = events.map(({ source, detailType, detail, time }) => ({
    EventBusName: eventBus,
    Source: source,
    DetailType: detailType,
    Detail: detail,
    Time: new Date(time),
  }));
  const answer = await (await client()).send(new PutEventsCommand({ Entries }));
  return answer.Entries ?? [];
}

function toResult(entry: PutEventsResultEntry | undefined): PutResult {
  if (entry?.EventId !== undefined) return { ok: true };
  const code = entry?.ErrorCode ?? 'no result';
  return { ok: false, refused: refusalCodes.has(code), detail: `EventBridge did not take the event: ${code}` };
}
