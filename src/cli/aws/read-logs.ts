import { CloudWatchLogsClient, FilterLogEventsCommand, type FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { HookportError } from '../../errors.ts';
import type { KeptLine } from '../../local/log-file.ts';
import { toKeptLine } from './log-event.ts';
import { awsUnavailable } from './unavailable.ts';

export interface AwsLogs {
  groups: readonly { source: string; name: string }[];
  /** Epoch milliseconds. */
  since: number;
  /** Asks again and again. */
  follow: boolean;
  /** Resolves after so many milliseconds. */
  wait: (milliseconds: number) => Promise<unknown>;
  /** Told once of each group that is not there, such as that of a source that is not deployed yet. @default nobody */
  tell?: (problem: string) => void;
}

const askEveryMs = 2000;
/** CloudWatch shows a line some seconds late, and not in the order of their times: so far back is asked again. */
const lateMs = 30_000;

/**
 * The lines of log groups by their times, first those since `since`, then what comes.
 *
 * @throws HookportError `aws_unavailable`, also where none of the groups is there
 */
export async function* readLogsOnAws({ groups, since, follow, wait, tell }: AwsLogs): AsyncGenerator<KeptLine[]> {
  const client = new CloudWatchLogsClient({});
  /** Of the events that will be given again: their times, by id. */
  const known = new Map<string, number>();
  const told = new Set<string>();
  let from = since;
  let newest = since;
  try {
    for (;;) {
      const lines: KeptLine[] = [];
      const missing: Error[] = [];
      for (const { source, name } of groups)
        try {
          for await (const event of eventsOf(client, { name, source }, from)) {
            const { eventId = '', timestamp = 0 } = event;
            if (known.has(eventId)) continue;
            known.set(eventId, timestamp);
            newest = Math.max(newest, timestamp);
            lines.push(toKeptLine(event, source));
          }
        } catch (error) {
          if (!(error instanceof NoLogGroup)) throw error;
          missing.push(error);
        }
      const [first] = missing;
      if (first && missing.length === groups.length) throw first;
      for (const { message } of missing) {
        if (!told.has(message)) tell?.(message);
        told.add(message);
      }
      yield lines.toSorted((a, b) => a.time.localeCompare(b.time));
      if (!follow) return;
      from = Math.max(from, newest - lateMs);
      for (const [id, time] of known) if (time < from) known.delete(id);
      await wait(askEveryMs);
    }
  } finally {
    client.destroy();
  }
}

async function* eventsOf(
  client: CloudWatchLogsClient,
  { name, source }: { name: string; source: string },
  startTime: number,
): AsyncGenerator<FilteredLogEvent> {
  let nextToken: string | undefined;
  do {
    // A page may be empty and yet not the last.
    const page = await client
      .send(new FilterLogEventsCommand({ logGroupName: name, startTime, nextToken }))
      .catch((error: unknown) => {
        throw explained(error, name, source);
      });
    yield* page.events ?? [];
    ({ nextToken } = page);
  } while (nextToken !== undefined);
}

function explained(error: unknown, name: string, source: string): HookportError {
  if (!(error instanceof Error && error.name === 'ResourceNotFoundException'))
    return awsUnavailable(`CloudWatch Logs cannot be asked for ${name}`, error);
  const message = `there is no log group ${name} in this account and region; is ${source} deployed? hookport diff`;
  return new NoLogGroup('aws_unavailable', message, { cause: error });
}

/** It is there from the deploy on. */
class NoLogGroup extends HookportError {}
