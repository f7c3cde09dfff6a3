import { hasRefusedCharacters, invalidCharacters } from './characters.ts';
import type { MessageAttribute, MessageAttributes, SendRefusal } from './queue.ts';
import { invalid } from './refusal.ts';

/** Message attributes that SQS would take, as the embedded queue stores them. */
export interface CheckedAttributes {
  /** Of {@link MessageAttributes}. */
  json: string;
  /** What SQS counts of them; see {@link attributeBytes}. */
  bytes: number;
}

const maxAttributes = 10;
const maxNameLength = 256;

/** What SQS would refuse in the attributes of a SendMessage, with its own code and words. */
export function attributesRefusal(attributes: MessageAttributes): SendRefusal | undefined {
  const entries = Object.entries(attributes);
  if (entries.length > maxAttributes)
    return invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${maxAttributes}].`);
  for (const [name, attribute] of entries) {
    const refusal = attributeRefusal(name, attribute);
    if (refusal) return refusal;
  }
  return undefined;
}

/** What SQS counts against MaximumMessageSize: each attribute's name, type and value, in bytes of UTF-8. */
export function attributeBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { dataType, stringValue = '', binaryValue = '' }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(stringValue);
    bytes += Buffer.byteLength(binaryValue, 'base64');
  }
  return bytes;
}

const dataTypes = /^(?:String|Number|Binary)(?:\.[^\s].*)?$/s;
/** SQS takes 38 digits between 10^-128 and 10^126; the length also bounds what the expression may backtrack. */
const maxNumberLength = 256;
const numbers = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

function isDataType(text: string): boolean {
  return text.length <= maxNameLength && dataTypes.test(text) && !hasRefusedCharacters(text);
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(text.replace(/={1,2}$/, ''));
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
function attributeRefusal(name: string, attribute: MessageAttribute): SendRefusal | undefined {
  const { dataType, stringValue, binaryValue } = attribute;
  if (name === '' || name.length > maxNameLength || !/^[A-Za-z0-9_.-]+$/.test(name))
    return invalid('The message attribute name is invalid: it takes 1 to 256 of A-Z, a-z, 0-9, _, - and .');
  if (name.includes('.') && /^\.|\.\.|\.$|^aws\.|^amazon\./i.test(name))
    return invalid(
      "Message attribute names must not begin with 'AWS.' or 'Amazon.', begin or end with a period, or hold two in a row.",
    );
  if (dataType !== 'String' && !isDataType(dataType))
    return invalid(`The type of message (user) attribute '${name}' must be or begin with String, Number or Binary.`);
  const kind = dataType.slice(0, 6);
  const value = kind === 'Binary' ? binaryValue : stringValue;
  if (value === undefined || value === '')
    return invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`);
  if ((kind === 'Binary' ? stringValue : binaryValue) !== undefined)
    return invalid(`Message (user) attribute '${name}' has a value that does not match its type '${kind}'.`);
  if (kind === 'Binary' && !isBase64(value))
    return invalid(`The value of message (user) attribute '${name}' is not base64.`);
  if (kind === 'Number' && (value.length > maxNumberLength || !numbers.test(value)))
    return invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  return hasRefusedCharacters(value) ? invalid(invalidCharacters) : undefined;
}
