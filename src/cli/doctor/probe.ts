import type { DoctorRoute } from '../../plan/doctor.ts';

/** A request that asks one question, and what we assume of it. */
export interface Probe {
  id: string;
  question: string;
  route: DoctorRoute;
  /** @default POST */
  method?: 'POST' | 'HEAD';
  /** Appended to the route's path. */
  pathSuffix?: string;
  /** No others are sent but Host and Content-Length. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  body: Buffer;
  /**
   * The mapped header to look for in the message, or the parameter on the route of these, and the value it should have
   * there; '' for one that is absent. The consumer makes the same of the other readings.
   */
  mapped: readonly [name: string, value: string, ...otherReadings: string[]];
  /** What we assume, as {@link Finding.does} words it, or the beginnings of several. */
  assumed: readonly string[];
  /** Whether a provider may send such a request: then it must be kept whole. */
  honest: boolean;
}

/** What the endpoint answered. */
export interface ProbeAnswer {
  status: number;
  contentType: string | undefined;
  /** The first KiB. */
  body: string;
  /** `apigw-requestid`. */
  requestId: string | undefined;
}

/** What one probe showed. */
export interface Finding {
  id: string;
  question: string;
  /** What we assume. */
  assumed: string;
  /** What this account does. */
  does: string;
  differs: boolean;
  /** Whether deliveries are lost or corrupted by that. */
  harmful: boolean;
  status: number;
  contentType: string | null;
}
