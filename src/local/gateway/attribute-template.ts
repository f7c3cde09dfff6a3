import { attributeBytes, attributesRefusal, type CheckedAttributes } from '../../queue/attribute-rules.ts';
import type { MessageAttribute, SendRefusal } from '../../queue/queue.ts';
import { parseMessageAttributes } from '../message-attributes.ts';
import {
  compileExpression,
  compileText,
  evaluate,
  type Expression,
  type HeaderSlots,
  isNeverEmpty,
  type MappableRequest,
  type SelectedHeaders,
} from './expression.ts';

/**
 * Makes message attributes of a request: such that SQS takes them, or its refusal; undefined when the values make no
 * attributes at all.
 */
export type AttributeMaker = (
  request: MappableRequest,
  headers: SelectedHeaders,
) => CheckedAttributes | SendRefusal | undefined;

/** What API Gateway makes of other bytes is not documented. */
// oxlint-disable-next-line no-control-regex -- ASCII is what is meant
const ascii = /^[\u0000-\u007f]*$/;

/** ASCII that means itself inside a JSON string: no quote, no backslash, no control character. */
const inert = /^[ !#-[\]-\u007f]*$/;

/**
 * Compiles the `MessageAttributes` parameter, which is JSON text with expressions in it. Whether API Gateway escapes the
 * values is not known, so they are put in unescaped and the text is parsed afterwards: a quote breaks it or injects.
 * Values that cannot do either (all that honest senders send) go straight into the text that the queue stores, which
 * gives the same in a fifth of the time.
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
    const attributes = json === undefined ? undefined : parseMessageAttributes(json);
    if (!attributes) return undefined;
    const bytes = attributeBytes(attributes);
    return attributesRefusal(attributes) ?? { json: JSON.stringify(attributes), bytes };
  };
}

/** Undefined when the parameter is no JSON before its values are in, or when its values decide whether SQS takes it. */
function compileTemplate(
  parameter: string,
  slots: HeaderSlots,
): ((request: MappableRequest, headers: SelectedHeaders) => CheckedAttributes | undefined) | undefined {
  const template = parseMessageAttributes(parameter);
  if (!template || attributesRefusal(template)) return undefined;
  const entries = Object.entries(template).map(([name, attribute]) => compileAttribute(name, attribute, slots));
  if (!entries.every((entry) => entry !== undefined)) return undefined;
  const expression = merged(['{', ...entries.flatMap(({ json }, index) => (index === 0 ? json : [',', ...json])), '}']);
  const fixedLength = expression.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
  const fixedBytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  return (request, headers) => {
    const json = evaluate(expression, request, headers, inert);
    if (json === undefined) return undefined;
    // What was put in is ASCII and stands as it is.
    return { json, bytes: fixedBytes + json.length - fixedLength };
  };
}

/**
 * One attribute as a member of the JSON object, and the bytes that SQS counts of its fixed parts. Undefined when there are
 * expressions anywhere but in a string value, or when the value may turn out empty.
 */
function compileAttribute(
  name: string,
  { dataType, stringValue, binaryValue }: MessageAttribute,
  slots: HeaderSlots,
): { json: Expression; bytes: number } | undefined {
  if (name.includes('$') || dataType.includes('$') || stringValue === undefined || binaryValue !== undefined)
    return undefined;
  if (!isNeverEmpty(stringValue)) return undefined;
  const value = compileText(stringValue, slots);
  const fixed = value.filter((part) => typeof part === 'string').join('');
  const inside = value.map((part) => (typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part));
  return {
    json: [`${JSON.stringify(name)}:{"dataType":${JSON.stringify(dataType)},"stringValue":"`, ...inside, '"}'],
    bytes: Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(fixed),
  };
}

/** The same with no fixed text beside another. */
function merged(expression: Expression): Expression {
  const parts: (typeof expression)[number][] = [];
  for (const part of expression) {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else parts.push(part);
  }
  return parts;
}
