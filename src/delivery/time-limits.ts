/** A run against the clock. */
export class TimeLimit {
  readonly endsAt: number;
  readonly #late: () => void;
  #controller: AbortController | undefined;
  #reason: unknown;

  constructor(endsAt: number, late: () => void) {
    this.endsAt = endsAt;
    this.#late = late;
  }

  /** Aborts when the time is up. Made when it is first asked for, since few handlers ask and making it costs. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** The time is up. */
  expire(detail: string): void {
    this.#reason = new DOMException(detail, 'TimeoutError');
    this.#late();
    this.#controller?.abort(this.#reason);
  }
}

/** Runs that may take equally long share one timer: what began first ends first. */
export class TimeLimits {
  readonly #timeoutMs: number;
  readonly #detail: string;
  readonly #running = new Set<TimeLimit>();
  #timer: NodeJS.Timeout | undefined;

  /** @param detail what the signal's reason says */
  constructor(timeoutMs: number, detail: string) {
    this.#timeoutMs = timeoutMs;
    this.#detail = detail;
  }

  /** @param late called once, when the time is up before {@link end} */
  begin(late: () => void): TimeLimit {
    const limit = new TimeLimit(performance.now() + this.#timeoutMs, late);
    this.#running.add(limit);
    this.#timer ??= setTimeout(() => this.#expire(), this.#timeoutMs);
    return limit;
  }

  end(limit: TimeLimit): void {
    this.#running.delete(limit);
    if (this.#running.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #expire(): void {
    this.#timer = undefined;
    for (const limit of this.#running) {
      const leftMs = limit.endsAt - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#expire(), Math.ceil(leftMs));
        return;
      }
      this.#running.delete(limit);
      limit.expire(this.#detail);
    }
  }
}
