/** One verified webhook request, as handlers see it. */
export interface Delivery<Payload = unknown, EventType extends string = string> {
  /** The source's id in the YAML. */
  readonly source: string;
  /** The provider's id, such as `github`. */
  readonly provider: string;
  /**
   * The provider's delivery id, or a hash where the provider sends none. The same on a redelivery. It is only as
   * trustworthy as `idSigned` says.
   */
  readonly id: string;
  /** Whether the signature covers `id`. */
  readonly idSigned: boolean;
  /** What the provider calls this event, such as `push` or `transaction.completed`. */
  readonly eventType: EventType | undefined;
  /** When the request arrived at the endpoint. */
  readonly receivedAt: Date;
  /** The headers that the provider's definition keeps, by lower-case name; static credentials are left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw body, byte for byte as it was signed. */
  readonly body: Uint8Array;
  /** The body parsed as the provider's content type says, on first use. @throws SyntaxError when it does not parse */
  readonly payload: Payload;
  /** 1 at the first attempt. */
  readonly attempt: number;
}
