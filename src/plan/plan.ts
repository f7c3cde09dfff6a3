import type { DataProvider } from '../catalogue/provider.ts';

/**
 * What a configuration comes to: routes, mappings, queues and consumers, as pure data (structured-cloneable, JSON).
 * `infra/` and `src/local/` both render it, and neither reads the YAML. Durations are seconds, sizes are bytes.
 */
export interface Plan {
  /** Stack name and prefix of every resource. */
  name: string;
  /** In the order of the YAML. */
  sources: readonly SourcePlan[];
  /** Definitions of the sources' providers that the catalogue lacks: data, so that it goes wherever the plan goes. */
  providers?: readonly DataProvider[];
  /** Present where browsers of other origins may post. */
  cors?: CorsPlan;
  /** A name of one's own for the endpoint. @default the API's own URL */
  domain?: DomainPlan;
}

export interface DomainPlan {
  /** Such as `hooks.example.com`. */
  name: string;
  hostedZone: { id: string; name: string };
  /** Whether the API's own URL stops serving. */
  exclusive: boolean;
}

/** An HTTP API's CORS configuration. */
export interface CorsPlan {
  /** Whole origins, or `*`, `http://*`, `https://*`. */
  allowOrigins: readonly string[];
  allowMethods: readonly string[];
  /** Lower-case. */
  allowHeaders: readonly string[];
  /** Whether browsers may send cookies along. @default false */
  allowCredentials?: true;
  /** How long a browser may keep the preflight's answer. @default the browser's own */
  maxAgeSeconds?: number;
}

export interface SourcePlan {
  /** The source's id in the YAML. */
  id: string;
  /** Id of its provider in the catalogue. */
  provider: string;
  /** Which of the provider's ways of signing. @default its first */
  verify?: string;
  route: RoutePlan;
  queue: QueuePlan;
  deadLetterQueue: QueuePlan;
  /** Holds verified deliveries only; present with `forward: { queue: true }`. */
  verifiedQueue?: QueuePlan;
  /** Absent for a source whose queue is consumed from outside. */
  consumer?: ConsumerPlan;
  /** For providers that sign the URL; whoever consumes the queue. */
  publicUrl?: string;
  /**
   * Its provider signs nothing, and the configuration knows: deliveries are taken as they come, no secret is read and
   * none is made. @default false
   */
  unsigned?: true;
  /** Where the signing secret lives on AWS; absent where nothing is signed. */
  secret?: SecretPlan;
  /** Who is told when deliveries fail, rest or wait. @default nobody */
  alarms?: { email: string };
  /** An alarm rings when no request arrived for so long; without `alarms`, it is seen in CloudWatch alone. */
  expectEverySeconds?: number;
}

/** A secret in Secrets Manager. Never a value. */
export interface SecretPlan {
  /** Name or ARN. */
  name: string;
  /** False: the stack makes it, without a value. */
  existing: boolean;
}

export interface RoutePlan {
  /** HTTP API route key, such as `POST /github`. */
  key: string;
  method: 'POST';
  /** Such as `/github`; matched exactly. */
  path: string;
  /** Whom API Gateway lets in. @default everybody */
  authorize?: { jwt: JwtPlan };
  /** Requests per second, and how many may come at once. */
  throttle: { rate: number; burst: number };
  /** `RequestParameters` of the SQS-SendMessage integration, without QueueUrl, which the renderer adds. */
  requestParameters: { MessageBody: string; MessageAttributes: string };
}

/** An HTTP API's JWT authorizer. */
export interface JwtPlan {
  /** As the tokens' `iss` says, to the letter; its keys are found by `/.well-known/openid-configuration` behind it. */
  issuer: string;
  /** One of these must be in the token's `aud`, or be its `client_id` if it has no `aud`. */
  audience: readonly string[];
  /** The token must have one of these; with none here, none is asked for. */
  scopes: readonly string[];
}

export interface QueuePlan {
  /** `<name>-<source>`, with `-dlq` or `-verified`. */
  name: string;
  retentionSeconds: number;
  visibilityTimeoutSeconds: number;
  maxMessageBytes: number;
  /** SQS's ReceiveMessageWaitTimeSeconds. */
  receiveWaitSeconds: number;
  redrive?: { deadLetterQueue: string; maxReceiveCount: number };
}

export interface ConsumerPlan {
  /** Handler file, relative to the project's root; absent when the source only forwards. */
  handler?: string;
  /** Event types that are handed over; others are counted as ignored. @default all */
  events?: readonly string[];
  /** Deliveries handled at the same time. */
  concurrency: number;
  /** For one delivery. */
  timeoutSeconds: number;
  batch: { size: number; windowSeconds: number };
  /** Where verified deliveries go besides the handler. */
  forward?: ForwardPlan;
  /** JSON Schema that payloads must match, relative to the project's root. */
  payloadSchema?: string;
  maxReceiveCount: number;
  /** What becomes of a rejected delivery. */
  onRejected: 'deadLetter' | 'drop';
  /** Present where completed deliveries are remembered. */
  deduplicate?: { keepSeconds: number };
  /** Overrides the provider's tolerance. */
  toleranceSeconds?: number;
  /** The Lambda function. @default 512 MiB, nothing else */
  function?: FunctionPlan;
  /** On AWS, containers run the consumer and no function does. */
  worker?: WorkerPlan;
}

/** At least one of these. */
export interface ForwardPlan {
  /** Name of the verified queue. */
  queue?: string;
  http?: HttpForwardPlan;
  /** Name or ARN of an existing EventBridge bus. */
  eventBus?: string;
}

export interface HttpForwardPlan {
  url: string;
  /** For one request. */
  timeoutSeconds: number;
  /** Signs what is sent there; not the source's own, which is the provider's too. */
  secret: SecretPlan;
}

export interface FunctionPlan {
  memoryMiB: number;
  /** Not for secrets: everybody who may see the function sees them. */
  environment?: Readonly<Record<string, string>>;
  /** ARNs of managed policies, or names of AWS's own. */
  policies?: readonly string[];
  vpc?: { subnetIds: readonly string[]; securityGroupIds: readonly string[] };
}

/** An ECS service on Fargate. */
export interface WorkerPlan {
  /** ECS's units: 1024 are one vCPU. */
  cpuUnits: number;
  memoryMiB: number;
  architecture: 'x86_64' | 'arm64';
  /** How many containers run: without a backlog, and at a large one. */
  tasks: { min: number; max: number };
  /** Seconds that a container has to finish between SIGTERM and its end; Fargate gives 120 at most. */
  stopTimeoutSeconds: number;
  /** Whether an attempt may take longer than that, so that its container must be protected while it runs. */
  outlastsStop: boolean;
  environment?: Readonly<Record<string, string>>;
  policies?: readonly string[];
  /** @default a VPC of the stack's own */
  vpc?: { subnetIds: readonly string[]; securityGroupIds: readonly string[]; publicIp: boolean };
}

/** All that belong to a source. */
export function queuesOf({ queue, deadLetterQueue, verifiedQueue }: SourcePlan): QueuePlan[] {
  return [queue, deadLetterQueue, ...(verifiedQueue ? [verifiedQueue] : [])];
}
