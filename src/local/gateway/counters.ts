/** What the gateway answered since it started. */
export interface GatewayCounters {
  /** By source id. */
  sources: Record<string, SourceCounters>;
  /** Answers to requests that belong to no source, by status: unknown routes, malformed HTTP. */
  unrouted: Record<number, number>;
}

export interface SourceCounters {
  /** Kept in the source's queue and answered 200. */
  accepted: number;
  /** By status. */
  refused: Record<number, number>;
}

/** Adds one answer. */
export function count(counters: GatewayCounters, source: string | undefined, status: number): void {
  const ofSource = source === undefined ? undefined : counters.sources[source];
  if (ofSource && status === 200) {
    ofSource.accepted += 1;
    return;
  }
  const byStatus = ofSource?.refused ?? counters.unrouted;
  byStatus[status] = (byStatus[status] ?? 0) + 1;
}
