import { type Action, queueUrl } from '../context.ts';
import { optionalInteger, optionalText } from '../input.ts';
import { page } from '../page.ts';

export const listQueues: Action = async (input, context) => {
  const prefix = optionalText(input, 'QueueNamePrefix') ?? '';
  const names = context.queues.names().filter((name) => name.startsWith(prefix));
  const { items, nextToken } = page(names.toSorted(), {
    maxResults: optionalInteger(input, 'MaxResults', 1, 1000),
    token: optionalText(input, 'NextToken'),
  });
  return {
    ...(items.length > 0 && { QueueUrls: items.map((name) => queueUrl(name, context)) }),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
};
