import type { MessageAttribute, MessageAttributes } from '../queue/queue.ts';

/**
 * Reads the text of a `MessageAttributes` parameter. Duplicated names count by their last value, as JSON parsers do.
 *
 * @returns undefined when it is not what SendMessage takes; whether the values are acceptable is the queue's to say
 */
export function parseMessageAttributes(text: string): MessageAttributes | undefined {
  try {
    return readMessageAttributes(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Like {@link parseMessageAttributes}, of a value that was parsed already. */
export function readMessageAttributes(parsed: unknown): MessageAttributes | undefined {
  if (!isObject(parsed)) return undefined;
  // Without a prototype, since an injected attribute may be called __proto__.
  const attributes = Object.create(null) as Record<string, MessageAttribute>;
  for (const name of Object.keys(parsed)) {
    const attribute = readAttribute(parsed[name]);
    if (!attribute) return undefined;
    attributes[name] = attribute;
  }
  return attributes;
}

function readAttribute(value: unknown): MessageAttribute | undefined {
  if (!isObject(value)) return undefined;
  const attribute: MessageAttribute = { dataType: '' };
  for (const member of Object.keys(value)) {
    const text = value[member];
    if (typeof text !== 'string') return undefined;
    if (member === 'DataType') attribute.dataType = text;
    else if (member === 'StringValue') attribute.stringValue = text;
    else if (member === 'BinaryValue') attribute.binaryValue = text;
    else return undefined;
  }
  return attribute;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
