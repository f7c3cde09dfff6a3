import { startAwsJson } from '../../fakes/aws-json.ts';

interface Event {
  eventId: string;
  timestamp: number;
  message: string;
}

/**
 * CloudWatch Logs' FilterLogEvents over the AWS JSON protocol. The first page of a call is empty, as CloudWatch's may be.
 *
 * @param pageSize So few that there are several pages.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function startCloudWatchLogs(names: Readonly<Record<string, Event[]>>, pageSize = 5) {
  const groups = new Map(Object.entries(names));
  const state = { refuses: false };
  const asked: { logGroupName: string; startTime: number; nextToken?: string }[] = [];
  let nextId = 1;
  const server = await startAwsJson((action, input) => {
    const refuse = (type: string) => ({ status: 400, body: { __type: type, message: 'no' } });
    if (action !== 'FilterLogEvents') return refuse('UnknownOperationException');
    if (state.refuses) return refuse('AccessDeniedException');
    const call = input as unknown as (typeof asked)[number];
    asked.push(call);
    const events = groups.get(call.logGroupName);
    if (!events) return refuse('ResourceNotFoundException');
    const found = events.filter(({ timestamp }) => timestamp >= call.startTime);
    const page = call.nextToken === undefined ? -1 : Number(call.nextToken);
    const isLast = (page + 1) * pageSize >= found.length;
    return {
      status: 200,
      body: {
        events: page < 0 ? [] : found.slice(page * pageSize, (page + 1) * pageSize),
        ...(!(isLast && page >= 0) && { nextToken: String(page + 1) }),
      },
    };
  });
  return {
    ...server,
    asked,
    groups,
    state,
    add: (group: string, timestamp: number, message: string) =>
      void groups.get(group)?.push({ eventId: `event-${nextId++}`, timestamp, message }),
  };
}
