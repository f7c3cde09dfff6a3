/** A run against the clock. */
export class TimeLimit {
  /** As `performance.now()`. */
  readonly endsAt: number;
  #controller: AbortController | undefined;
  #reason: unknown;

  constructor(endsAt: number) {
    this.endsAt = endsAt;
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
    this.#controller?.abort(this.#reason);
  }
}

/** Runs that may take equally long share one timer: what began first ends first. */
export class TimeLimits {
  readonly #timeoutMs: number;
  readonly #detail: string;
  /** What is waited for, and what to call when its time is up. */
  readonly #running = new Map<TimeLimit, () => void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param detail what the signal's reason says */
  constructor(timeoutMs: number, detail: string) {
    this.#timeoutMs = timeoutMs;
    this.#detail = detail;
  }

  /** The time runs from now on; it is not kept before {@link wait}, which a run that is over at once does not need. */
  begin(): TimeLimit {
    return new TimeLimit(performance.now() + this.#timeoutMs);
  }

  /** What the run comes to, or `late` when the time is up before. */
  wait<Result>(limit: TimeLimit, run: Promise<Result>, late: Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#running.set(limit, () => resolve(late));
      this.#timer ??= this.#timerFor(limit);
      run.then(
        (result) => {
          this.#end(limit);
          return resolve(result);
        },
        (error: unknown) => {
          this.#end(limit);
          return reject(error);
        },
      );
    });
  }

  #end(limit: TimeLimit): void {
    this.#running.delete(limit);
    if (this.#running.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #timerFor(limit: TimeLimit): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), Math.max(0, Math.ceil(limit.endsAt - performance.now())));
  }

  #expire(): void {
    this.#timer = undefined;
    for (const [limit, late] of this.#running) {
      if (limit.endsAt > performance.now()) {
        this.#timer = this.#timerFor(limit);
        return;
      }
      this.#running.delete(limit);
      late();
      limit.expire(this.#detail);
    }
  }
}
