import type { DataProvider, ProviderGuide } from '../catalogue/provider.ts';

/** The configuration with defaults filled in: seconds, bytes and whole ids. Everything in it was checked. */
export interface Config {
  name: string;
  domain?: { name: string; hostedZone: { id: string; name: string }; exclusive: boolean };
  cors?: {
    allowOrigins: readonly string[];
    allowHeaders: readonly string[];
    allowCredentials: boolean;
    maxAgeSeconds?: number;
  };
  /** In the order of the YAML. */
  providers: readonly OwnProvider[];
  /** In the order of the YAML. */
  sources: readonly SourceConfig[];
}

/** A provider that the configuration itself declares. */
export interface OwnProvider {
  definition: DataProvider;
  guide: ProviderGuide;
}

export interface SourceConfig {
  id: string;
  provider: string;
  /** Which of the provider's ways of signing; undefined: its default. */
  verify?: string;
  path: string;
  publicUrl?: string;
  /** Name or ARN of an existing secret. */
  secret?: string;
  handler?: string;
  /** Where verified deliveries go besides the handler; at least one of these. */
  forward?: {
    queue: boolean;
    http?: { url: string; timeoutSeconds: number; secret?: string };
    /** Name or ARN of an existing event bus. */
    eventBus?: string;
  };
  /** A JSON Schema's file, relative to the project's root. */
  payloadSchema?: string;
  events?: readonly string[];
  batch: { size: number; windowSeconds: number };
  concurrency: number;
  timeoutSeconds: number;
  queueRetentionSeconds: number;
  maxReceiveCount: number;
  deadLetterRetentionSeconds: number;
  throttle: { rate: number; burst: number };
  authorize?: { jwt: { issuer: string; audience: readonly string[]; scopes: readonly string[] } };
  /** Takes what anyone posts; only for a provider that signs nothing. */
  unverified: boolean;
  toleranceSeconds?: number;
  /** Seconds that a completed delivery is remembered, `true` for the provider's retry horizon or twice the tolerance, the longer. */
  deduplicate: boolean | number;
  onRejected: 'deadLetter' | 'drop';
  expectEverySeconds?: number;
  alarms?: { email: string };
  /** With `consumer: worker`; then `function` means nothing. */
  worker?: WorkerConfig;
  function: {
    memoryMiB: number;
    environment?: Readonly<Record<string, string>>;
    policies?: readonly string[];
    vpc?: { subnetIds: readonly string[]; securityGroupIds: readonly string[] };
  };
}

export interface WorkerConfig {
  cpu: number;
  memoryMiB: number;
  architecture: 'x86_64' | 'arm64';
  tasks: { min: number; max: number };
  environment?: Readonly<Record<string, string>>;
  policies?: readonly string[];
  vpc?: { subnetIds: readonly string[]; securityGroupIds: readonly string[]; publicIp: boolean };
}
