import { type Action, queueOf, queueUrl } from '../context.ts';
import { optionalInteger, optionalText } from '../input.ts';
import { page } from '../page.ts';

export const listDeadLetterSourceQueues: Action = async (input, context) => {
  const { name } = queueOf(input, context);
  const sources = context.queues
    .names()
    .filter((source) => context.queues.queue(source).settings.redrive?.deadLetterQueue === name);
  const { items, nextToken } = page(sources.toSorted(), {
    maxResults: optionalInteger(input, 'MaxResults', 1, 1000),
    token: optionalText(input, 'NextToken'),
  });
  return {
    queueUrls: items.map((source) => queueUrl(source, context)),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
};
