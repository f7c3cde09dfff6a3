import type { IncomingMessage } from 'node:http';
import type { ContextVariable } from './expression.ts';

/** The context variables of one request. Each is made when a mapping reads it: most mappings read three of them. */
export class RequestContext implements Readonly<Record<ContextVariable, string>> {
  readonly #request: IncomingMessage;
  readonly #arrivedAt: number;
  readonly requestId: string;
  readonly path: string;
  readonly routeKey: string;

  /** @param arrivedAt epoch milliseconds */
  constructor(request: IncomingMessage, requestId: string, arrivedAt: number, path: string, routeKey: string) {
    this.#request = request;
    this.#arrivedAt = arrivedAt;
    this.requestId = requestId;
    this.path = path;
    this.routeKey = routeKey;
  }

  get requestTimeEpoch(): string {
    return String(this.#arrivedAt);
  }

  /** The immediate TCP connection's address; never what a header claims. */
  get 'identity.sourceIp'(): string {
    const address = this.#request.socket.remoteAddress ?? 'unknown';
    return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  }

  get 'identity.userAgent'(): string {
    return this.#request.headers['user-agent'] ?? '';
  }

  get httpMethod(): string {
    return this.#request.method ?? '';
  }

  get protocol(): string {
    return `HTTP/${this.#request.httpVersion}`;
  }

  get domainName(): string {
    return this.#request.headers.host ?? '';
  }
}
