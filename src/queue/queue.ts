/** A message attribute in SQS's own terms. `dataType` is `String`, `Number`, `Binary` or one of these with a `.suffix`. */
export interface MessageAttribute {
  dataType: string;
  /** For String and Number. */
  stringValue?: string | undefined;
  /** For Binary, base64. */
  binaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** Attributes to set on a message, by name; `null` takes one away. */
export type AttributeChanges = Readonly<Record<string, MessageAttribute | null>>;

export interface OutgoingMessage {
  body: string;
  attributes: MessageAttributes;
  /** 0 to 900. @default 0 */
  delaySeconds?: number;
}

export interface ReceivedMessage {
  messageId: string;
  /** Names this receive of the message; a later receive has another. */
  receiptHandle: string;
  body: string;
  attributes: MessageAttributes;
  /** SQS's SentTimestamp, epoch milliseconds. A redrive makes it new. */
  sentAt: number;
  /** SQS's ApproximateFirstReceiveTimestamp, epoch milliseconds. */
  firstReceivedAt: number;
  /** SQS's ApproximateReceiveCount: 1 at the first receive. */
  receiveCount: number;
  /** Name of the queue whose redrive policy moved it here; the embedded queue tells. */
  deadLetterSource?: string;
}

/** SQS's longest visibility timeout, 12 hours. */
export const longestVisibilitySeconds = 43_200;

export interface ReceiveOptions {
  /** 1 to 10. */
  maxMessages: number;
  /** Long polling, 0 to 20. */
  waitSeconds: number;
  /** 0 to {@link longestVisibilitySeconds}. @default the queue's own */
  visibilityTimeoutSeconds?: number;
  /**
   * Ties the messages to this process: should it die, an embedded queue gives them to the next receiver when it is
   * opened again, instead of when their visibility timeout ends, and does not count the receive. A `changeVisibility`
   * unties. SQS knows no such thing.
   * @default false
   */
  untilExit?: boolean;
  /** Ends the wait early; the receive then resolves with what it has, usually nothing. */
  signal?: AbortSignal;
}

/** How many messages a queue holds, by SQS's three states. */
export interface QueueDepth {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** A message that the queue refuses, with SQS's own error code and message. Nothing was kept. */
export interface SendRefusal {
  ok: false;
  /** `MissingParameter`, `InvalidParameterValue`, `InvalidMessageContents`, … */
  code: string;
  message: string;
}

export type SendResult = { ok: true; messageId: string } | SendRefusal;

/**
 * One SQS queue, real or embedded. Every operation rejects with a `HookportError` `queue_unavailable` when it could not
 * be carried out; it may be tried again.
 */
export interface Queue {
  readonly name: string;
  /** Resolves `ok` only when the message is kept: synced to disk, or acknowledged by SQS. */
  send(message: OutgoingMessage): Promise<SendResult>;
  receive(options: ReceiveOptions): Promise<ReceivedMessage[]>;
  /** Deleting what is gone already is no error, as in SQS. */
  delete(receiptHandle: string): Promise<void>;
  /** 0 makes the message visible now. Resolves false, with nothing changed, where the handle's message is visible or gone. */
  changeVisibility(receiptHandle: string, seconds: number): Promise<boolean>;
  /**
   * Puts a received message into `destination` with `attributes` changed and deletes it here: atomic where the
   * implementation can, else send first and then delete, so that a crash between duplicates and never loses.
   */
  moveTo(destination: Queue, message: ReceivedMessage, attributes: AttributeChanges): Promise<void>;
  depth(): Promise<QueueDepth>;
}
