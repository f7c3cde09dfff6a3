import type { MessageAttribute, MessageAttributes } from '../../queue/queue.ts';
import { readMessageAttributes } from '../message-attributes.ts';
import { faults } from './fault.ts';
import type { Input } from './input.ts';

/** As the JSON protocol writes it; binary values are base64. */
export interface WireAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

/** @throws SqsFault when they are not in SQS's form */
export function attributesOf(input: Input): MessageAttributes {
  const attributes = readMessageAttributes(input['MessageAttributes'] ?? {});
  if (!attributes)
    throw faults.invalidParameter('MessageAttributes must hold DataType with StringValue or BinaryValue.');
  return attributes;
}

/** The attributes that a receive asked for: names, `All`, `.*`, or a prefix with `.*`. */
export function selectAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  const asked = (name: string) =>
    wanted.some(
      (want) =>
        want === 'All' || want === '.*' || want === name || (want.endsWith('.*') && name.startsWith(want.slice(0, -1))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => asked(name)));
}

export function attributesToWire(attributes: MessageAttributes): Record<string, WireAttribute> {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, toWire(attribute)]));
}

function toWire({ dataType, stringValue, binaryValue }: MessageAttribute): WireAttribute {
  return {
    DataType: dataType,
    ...(stringValue !== undefined && { StringValue: stringValue }),
    ...(binaryValue !== undefined && { BinaryValue: binaryValue }),
  };
}
