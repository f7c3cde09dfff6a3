import type { MessageAttribute, MessageAttributes } from '../../queue/queue.ts';
import { parseMessageAttributes } from '../message-attributes.ts';
import {
  compileExpression,
  compileText,
  evaluate,
  type HeaderSlots,
  type MappableRequest,
  type SelectedHeaders,
} from './expression.ts';

/** Makes message attributes of a request; undefined when a value makes that impossible. */
export type AttributeMaker = (request: MappableRequest, headers: SelectedHeaders) => MessageAttributes | undefined;

/** What API Gateway makes of other bytes is not documented. */
// oxlint-disable-next-line no-control-regex -- ASCII is what is meant
const ascii = /^[\u0000-\u007f]*$/;

/** ASCII that means itself inside a JSON string: no quote, no backslash, no control character. */
const inert = /^[ !#-[\]-\u007f]*$/;

/**
 * Compiles the `MessageAttributes` parameter, which is JSON text with expressions in it. Whether API Gateway escapes the
 * values is not known, so they are put in unescaped and the text is parsed afterwards: a quote breaks it or injects.
 * Values that cannot do either (all that honest senders send) go straight into the parsed template, which gives the
 * same in a third of the time.
 *
 * @throws HookportError `internal` when it names what the gateway cannot read
 */
export function compileAttributes(parameter: string, slots: HeaderSlots): AttributeMaker {
  const text = compileExpression(parameter, slots);
  const fillIn = compileTemplate(parameter, slots);
  return (request, headers) => {
    const filled = fillIn?.(request, headers);
    if (filled) return filled;
    const json = evaluate(text, request, headers, ascii);
    return json === undefined ? undefined : parseMessageAttributes(json);
  };
}

/** Undefined when the parameter is no JSON before its values are in. */
function compileTemplate(parameter: string, slots: HeaderSlots): AttributeMaker | undefined {
  const template = parseMessageAttributes(parameter);
  if (!template) return undefined;
  // Expressions anywhere but in a string value are for the parser, and so is __proto__, which a plain object lacks.
  const isSimple = ([name, attribute]: [string, MessageAttribute]) =>
    !name.includes('$') && name !== '__proto__' && isPlain(attribute);
  if (!Object.entries(template).every(isSimple)) return undefined;
  const entries = Object.entries(template).map(([name, { dataType, stringValue = '' }]) => ({
    name,
    dataType,
    value: compileText(stringValue, slots),
  }));
  return (request, headers) => {
    const attributes: Record<string, MessageAttribute> = {};
    for (const { name, dataType, value } of entries) {
      const stringValue = evaluate(value, request, headers, inert);
      if (stringValue === undefined) return undefined;
      attributes[name] = { dataType, stringValue };
    }
    return attributes;
  };
}

function isPlain({ dataType, stringValue, binaryValue }: MessageAttribute): boolean {
  return !dataType.includes('$') && stringValue !== undefined && binaryValue === undefined;
}
