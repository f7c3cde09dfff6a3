import { createHash } from 'node:crypto';
import { Duration, Validations } from 'aws-cdk-lib';
import {
  type CfnStage,
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  IpAddressType,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IDependable } from 'constructs';
import type { CorsPlan, Plan, RoutePlan, SourcePlan } from '../../src/plan/plan.ts';
import { authorizersOf, authorizerKey, authorizerOf } from '../../src/plan/authorizers.ts';
import { accessLogGroup, accessLogSettings } from './access-log.ts';
import { allow } from './allow.ts';
import { CustomDomain } from './custom-domain.ts';
import { type RouteAuthorizer, jwtAuthorizer } from './jwt-authorizer.ts';
import { SendMessageIntegration } from './send-message-integration.ts';

export interface EndpointProps {
  plan: Plan;
  /** The queue that each route writes into. */
  queueOf: (source: SourcePlan) => Queue;
  /** What reads that queue; undefined where nothing of the stack does. */
  consumerOf: (source: SourcePlan) => IDependable | undefined;
}

/** The HTTP API: one route and one SQS integration per source, no code between. */
export class Endpoint extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly accessLog: LogGroup;
  /** API Gateway's role: may send to exactly these queues and nothing else. */
  readonly role: Role;
  /** Without a slash at its end. */
  readonly baseUrl: string;

  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    const { plan, queueOf, consumerOf } = props;
    this.role = sendingRole(this, {
      queues: plan.sources.map(queueOf),
      description: 'Lets the HTTP API put requests into the source queues',
    });
    this.api = new HttpApi(this, 'Api', {
      apiName: plan.name,
      createDefaultStage: false,
      // IPv6 too: the domain's AAAA record would lead nowhere without it.
      ipAddressType: IpAddressType.DUAL_STACK,
      disableExecuteApiEndpoint: plan.domain?.exclusive ?? false,
      ...(plan.cors ? { corsPreflight: corsPreflight(plan.cors) } : {}),
    });
    const authorizers = new Map(
      authorizersOf(plan.sources).map((each) => [authorizerKey(each), jwtAuthorizer(this, this.api, each)]),
    );
    const routes = plan.sources.map((source) => {
      const jwt = source.route.authorize?.jwt;
      const authorizer = jwt && authorizers.get(authorizerKey(authorizerOf(jwt)));
      const route = this.#route(source, queueOf(source), authorizer);
      const consumer = consumerOf(source);
      // A new version of the mapping writes what a consumer of the version before would reject: the consumer comes first.
      if (consumer) route.node.addDependency(consumer);
      return route;
    });
    const domain = plan.domain ? new CustomDomain(this, 'Domain', plan.domain) : undefined;
    this.accessLog = accessLogGroup(this, plan.name);
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      accessLogSettings: accessLogSettings(this.accessLog),
      ...(domain ? { domainMapping: { domainName: domain.domainName } } : {}),
    });
    this.#throttle(plan.sources, routes);
    this.baseUrl = plan.domain ? `https://${plan.domain.name}` : this.api.apiEndpoint;
  }

  #route(source: SourcePlan, queue: Queue, authorizer: RouteAuthorizer | undefined): HttpRoute {
    const scopes = source.route.authorize?.jwt.scopes ?? [];
    const route = new HttpRoute(this, routeId(source), {
      httpApi: this.api,
      routeKey: HttpRouteKey.with(source.route.path, HttpMethod.POST),
      integration: new SendMessageIntegration('Integration', { queue, role: this.role, route: source.route }),
      ...(authorizer ? { authorizer } : {}),
      ...(scopes.length > 0 ? { authorizationScopes: [...scopes] } : {}),
    });
    if (authorizer) return route;
    Validations.of(route).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'a provider cannot log in; its signature is verified after the queue, so that a wrong secret loses nothing',
    });
    return route;
  }

  /**
   * Per-route settings replace the stage's defaults for that route, so metrics are switched on again; and API Gateway
   * refuses settings for a route that does not exist yet, so the stage waits for all of them; and goes before those that leave,
   * since it refuses to take the settings off a route that is gone.
   */
  #throttle(sources: readonly SourcePlan[], routes: readonly HttpRoute[]): void {
    const stage = this.stage.node.defaultChild as CfnStage;
    stage.routeSettings = Object.fromEntries(sources.map(({ route }) => [route.key, routeSettings(route)]));
    for (const route of routes) stage.node.addDependency(route);
  }
}

/**
 * Another path is another route: CloudFormation makes the new one, then changes the stage's settings, and takes the old one away
 * last. Of a route whose key changed in its place, the settings could be taken off no more (404), nor put back by a rollback.
 */
function routeId({ id, route: { path } }: SourcePlan): string {
  if (path === `/${id}`) return `Route-${id}`;
  return `Route-${id}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}

/** In the form of CloudFormation, for the settings of a stage. */
export function routeSettings({ throttle }: RoutePlan): object {
  return {
    ThrottlingRateLimit: throttle.rate,
    ThrottlingBurstLimit: throttle.burst,
    DetailedMetricsEnabled: true,
  };
}

/** API Gateway's role: may send to exactly these queues. */
export function sendingRole(
  scope: Construct,
  { queues, description }: { queues: readonly Queue[]; description: string },
): Role {
  const arns = queues.map((queue) => queue.queueArn);
  return new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
    description,
    // Inline, since a policy of its own would be one more resource and could lag behind the role.
    inlinePolicies: { SendMessage: new PolicyDocument({ statements: [allow(['sqs:SendMessage'], arns)] }) },
  });
}

function corsPreflight(cors: CorsPlan): CorsPreflightOptions {
  return {
    allowOrigins: [...cors.allowOrigins],
    allowHeaders: [...cors.allowHeaders],
    allowMethods: cors.allowMethods.map(corsMethod),
    ...(cors.allowCredentials ? { allowCredentials: true } : {}),
    ...(cors.maxAgeSeconds === undefined ? {} : { maxAge: Duration.seconds(cors.maxAgeSeconds) }),
  };
}

const corsMethods: Readonly<Record<string, CorsHttpMethod>> = { ...CorsHttpMethod, '*': CorsHttpMethod.ANY };

function corsMethod(name: string): CorsHttpMethod {
  const method = corsMethods[name];
  if (method === undefined) throw new TypeError(`an HTTP API knows no CORS method ${name}`);
  return method;
}
