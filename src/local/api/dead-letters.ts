import {
  type DeadLetter,
  type DeadLetterContent,
  describeDeadLetter,
  isCalled,
  withoutContent,
} from '../../consumer/dead-letter.ts';
import type { ListedMessage } from '../../queue/embedded/embedded-queue.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';

const defaultLimit = 100;
const maxLimit = 1000;

/** `GET /api/dead-letters?source=…&limit=…`, the newest first, without headers and bodies. @throws ApiError 400 or 404 */
export async function listDeadLetters(context: ApiContext, query: URLSearchParams): Promise<DeadLetter[]> {
  const limit = query.get('limit') ?? String(defaultLimit);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > maxLimit)
    throw new ApiError(400, `limit must be a whole number from 1 to ${maxLimit}`);
  const { queueName, describe } = placeOf(context, query);
  const found: DeadLetter[] = [];
  for await (const message of messagesOf(context, queueName)) {
    found.push(withoutContent(describe(message)));
    if (found.length >= Number(limit)) break;
  }
  return found;
}

/**
 * `GET /api/dead-letters/<id>?source=…`, by message id, request id or delivery id; without static credentials.
 *
 * @throws ApiError 400 or 404
 */
export async function showDeadLetter(
  context: ApiContext,
  id: string,
  query: URLSearchParams,
): Promise<DeadLetterContent> {
  const { queueName, describe } = placeOf(context, query);
  for await (const message of messagesOf(context, queueName)) {
    const letter = describe(message);
    if (isCalled(letter, id)) return letter;
  }
  throw new ApiError(404, 'no dead letter of this source has this id');
}

function placeOf({ plan, catalogue }: ApiContext, query: URLSearchParams) {
  const id = query.get('source');
  if (id === null) throw new ApiError(400, 'source must name one');
  const source = plan.sources.find((each) => each.id === id);
  if (!source) throw new ApiError(404, `no source is called "${id}"`);
  const provider = catalogue.get(source.provider);
  if (!provider) throw new Error(`no provider "${source.provider}" in the catalogue`);
  return {
    queueName: source.deadLetterQueue.name,
    describe: (message: ListedMessage) => describeDeadLetter(message, provider, source.verify),
  };
}

/** Page by page, since bodies come along; reading receives nothing. */
async function* messagesOf({ queues }: ApiContext, name: string): AsyncGenerator<ListedMessage> {
  const queue = queues.queue(name);
  let after: string | undefined;
  do {
    const page = await queue.list({ limit: 100, newestFirst: true, ...(after !== undefined && { after }) });
    yield* page.messages;
    after = page.next;
  } while (after !== undefined);
}
