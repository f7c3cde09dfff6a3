import { crc32 } from 'node:zlib';

/** A message in the intake log. */
export interface IntakeRecord {
  /** The queue's number in the database. */
  queue: number;
  messageId: string;
  /** JSON of MessageAttributes. */
  attributes: string;
  delayMs: number;
  /** Epoch milliseconds. */
  sentAt: number;
  /** UTF-8. */
  body: Uint8Array;
}

/**
 * A record, little endian: CRC-32 of what follows, length of the whole (4 bytes each), position in the log,
 * `sentAt` (8 each, floating point), `delayMs` (3), flags (1), queue, length of the attributes (4 each), message id (36),
 * attributes, body.
 */
const headBytes = 72;
const at = {
  length: 4,
  position: 8,
  sentAt: 16,
  delayMs: 24,
  flags: 27,
  queue: 28,
  attributes: 32,
  messageId: 36,
} as const;
const idBytes = headBytes - at.messageId;
const delayBytes = at.flags - at.delayMs;

/** Where in a record its position stands, in eight bytes. */
export const placeOfPosition = at.position;

/** The one flag: the record begins a batch. Records of earlier versions have none. */
const afterSync = 1;

/** SQS's largest message is 1 MiB; as JSON its attributes take twice that at most. */
export const maxRecordBytes = 4 * 2 ** 20;

/** What it takes, in bytes. Padding is never longer than what did not fit: a reader has room for {@link maxRecordBytes}. */
export function roomFor({ attributes, body }: Pick<IntakeRecord, 'attributes' | 'body'>): number {
  return headBytes + Buffer.byteLength(attributes) + body.length;
}

/**
 * @param offset where in `target`; there must be {@link roomFor} it
 * @param position where in the log, so that what a segment holds from its earlier use is not taken for a record
 * @param isFirst of its batch: everything before it is on the disk @default false
 * @returns its length
 */
export function writeRecord(
  target: Buffer,
  offset: number,
  position: number,
  record: IntakeRecord,
  isFirst = false,
): number {
  const bodyAt = offset + writeFields(target, offset, position, record, isFirst);
  const end = bodyAt + record.body.length;
  target.set(record.body, bodyAt);
  target.writeUInt32LE(crc32(target.subarray(offset + at.length, end)), offset);
  return end - offset;
}

/** The same for all but its body, which must come behind. @returns how much there is before the body */
export function writeBeforeBody(
  target: Buffer,
  offset: number,
  position: number,
  record: IntakeRecord,
  isFirst = false,
): number {
  const length = writeFields(target, offset, position, record, isFirst);
  const ofFields = crc32(target.subarray(offset + at.length, offset + length));
  target.writeUInt32LE(crc32(record.body, ofFields), offset);
  return length;
}

/** All but the CRC and the body. @returns how much there is before the body */
function writeFields(target: Buffer, offset: number, position: number, record: IntakeRecord, isFirst = false): number {
  const attributesBytes = target.write(record.attributes, offset + headBytes);
  const length = headBytes + attributesBytes;
  target.writeUInt32LE(length + record.body.length, offset + at.length);
  target.writeDoubleLE(position, offset + at.position);
  target.writeDoubleLE(record.sentAt, offset + at.sentAt);
  target.writeUIntLE(record.delayMs, offset + at.delayMs, delayBytes);
  target[offset + at.flags] = isFirst ? afterSync : 0;
  target.writeUInt32LE(record.queue, offset + at.queue);
  target.writeUInt32LE(attributesBytes, offset + at.attributes);
  target.write(record.messageId, offset + at.messageId, idBytes, 'latin1');
  return length;
}

/** Of no message: SQLite numbers queues from 1. */
const paddingQueue = 0;

/**
 * Fills a segment up to its end, where no record begins that would not fit. What is too short for a record is left as it is.
 *
 * @param length to the end, for which there must be room
 * @param isFirst as of {@link writeRecord}
 */
export function writePadding(target: Buffer, offset: number, position: number, length: number, isFirst = false): void {
  if (isTooShort(length)) return;
  const nothing = { queue: paddingQueue, messageId: '', attributes: '', delayMs: 0, sentAt: 0 };
  writeRecord(target, offset, position, { ...nothing, body: Buffer.alloc(length - headBytes) }, isFirst);
}

/** Whether so few bytes before the end of a segment hold no record. */
export const isTooShort = (length: number) => length < headBytes;

export const isPadding = ({ queue }: Pick<RecordHead, 'queue'>) => queue === paddingQueue;

/** What a record says of its message, but for what it holds. */
export interface RecordHead extends Omit<IntakeRecord, 'attributes' | 'body'> {
  /** Of the whole record, in bytes. */
  length: number;
  /** It begins a batch: when it was written, everything before it was on the disk, and acknowledged or about to be. */
  isFirst: boolean;
}

/** And where it stands in the log. */
export interface FoundRecord extends RecordHead {
  position: number;
}

/** The head of the record of that position; undefined if what stands there is none, or not all of it. */
export function readHead(source: Buffer, offset: number, position: number): RecordHead | undefined {
  const head = readUnchecked(source, offset, position);
  if (!head) return undefined;
  const sum = crc32(source.subarray(offset + at.length, offset + head.length));
  return source.readUInt32LE(offset) === sum ? head : undefined;
}

/** How long the record of that position says that it is, where that and its position are there; undefined if it is none. */
export function readLength(source: Buffer, offset: number, position: number): number | undefined {
  if (source.readDoubleLE(offset + at.position) !== position) return undefined;
  const length = source.readUInt32LE(offset + at.length);
  return length < headBytes ? undefined : length;
}

/** The same of a record that the disk may have damaged, as far as it is one of that position: any of it may be wrong. */
export function readUnchecked(source: Buffer, offset: number, position: number): RecordHead | undefined {
  if (offset + headBytes > source.length) return undefined;
  const length = source.readUInt32LE(offset + at.length);
  if (length < headBytes || offset + length > source.length) return undefined;
  if (source.readDoubleLE(offset + at.position) !== position) return undefined;
  return {
    length,
    isFirst: source[offset + at.flags] === afterSync,
    queue: source.readUInt32LE(offset + at.queue),
    messageId: source.toString('latin1', offset + at.messageId, offset + headBytes),
    delayMs: source.readUIntLE(offset + at.delayMs, delayBytes),
    sentAt: source.readDoubleLE(offset + at.sentAt),
  };
}

/** What the record holds whose head is {@link readHead}; its body is a view. */
export function readContent(
  source: Buffer,
  offset: number,
  { length }: Pick<RecordHead, 'length'>,
): Pick<IntakeRecord, 'attributes' | 'body'> {
  const bodyAt = offset + headBytes + source.readUInt32LE(offset + at.attributes);
  return {
    attributes: source.toString('utf8', offset + headBytes, bodyAt),
    body: source.subarray(bodyAt, offset + length),
  };
}
