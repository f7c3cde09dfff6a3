import { HookportError } from '../../errors.ts';
import type { RoutePlan } from '../../plan/plan.ts';
import type { OutgoingMessage } from '../../queue/queue.ts';
import { compileAttributes } from './attribute-template.ts';
import { type HeaderSlots, type MappableRequest, selectHeaders } from './expression.ts';

/** Makes the queue message of a request; undefined when what the request brings cannot be mapped. */
export type Mapping = (request: MappableRequest) => OutgoingMessage | undefined;

/**
 * Compiles the request parameters of one route.
 *
 * @throws HookportError `internal` when the gateway cannot execute them
 */
export function compileMapping(parameters: RoutePlan['requestParameters']): Mapping {
  if (parameters.MessageBody !== '$request.body')
    throw new HookportError('internal', 'the local gateway maps MessageBody from $request.body only');
  const slots: HeaderSlots = new Map();
  const attributesOf = compileAttributes(parameters.MessageAttributes, slots);
  return (request) => {
    const attributes = attributesOf(request, selectHeaders(request.rawHeaders, slots));
    return attributes && { body: request.body, attributes };
  };
}
