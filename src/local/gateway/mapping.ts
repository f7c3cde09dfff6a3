import { HookportError } from '../../errors.ts';
import type { RoutePlan } from '../../plan/plan.ts';
import { type AttributeMaker, compileAttributes } from './attribute-template.ts';
import { type HeaderSlots, type MappableRequest, selectHeaders } from './expression.ts';

/** Makes the message attributes of a request; undefined when what the request brings cannot be mapped. */
export type Mapping = (request: MappableRequest) => ReturnType<AttributeMaker>;

/**
 * Compiles the request parameters of one route. The body is the message's as it came.
 *
 * @throws HookportError `internal` when the gateway cannot execute them
 */
export function compileMapping(parameters: RoutePlan['requestParameters']): Mapping {
  if (parameters.MessageBody !== '$request.body')
    throw new HookportError('internal', 'the local gateway maps MessageBody from $request.body only');
  const slots: HeaderSlots = new Map();
  const attributesOf = compileAttributes(parameters.MessageAttributes, slots);
  return (request) => attributesOf(request, selectHeaders(request.rawHeaders, slots));
}
