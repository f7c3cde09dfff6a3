import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type CfnStage, HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DoctorPlan, DoctorRoute } from '../../src/plan/doctor.ts';
import type { RoutePlan } from '../../src/plan/plan.ts';
import { type Endpoint, routeSettings, sendingRole } from './endpoint.ts';
import { enforceTls } from './queue-transport-policy.ts';
import { SendMessageIntegration } from './send-message-integration.ts';
import { queueProps } from './source-queues.ts';

/**
 * What `hookport doctor` probes: routes, a queue and a role of its own, so that no source's resource changes. The stage
 * alone learns of the routes, since throttles are its settings. All of it goes with the next deploy without `--doctor`.
 */
export class Doctor extends Construct {
  constructor(scope: Construct, id: string, { plan, endpoint }: { plan: DoctorPlan; endpoint: Endpoint }) {
    super(scope, id);
    const queue = probeQueue(this, plan);
    enforceTls(this, 'QueueTransport', [queue]);
    const role = sendingRole(this, {
      queues: [queue],
      description: 'Lets the HTTP API put probes into the queue of hookport doctor',
    });
    const urls: Record<string, string> = {};
    for (const [name, route] of Object.entries(plan.routes) as [DoctorRoute, RoutePlan][]) {
      this.#route(name, route, { queue, role, endpoint });
      urls[name] = `${endpoint.baseUrl}${route.path}`;
    }
    new CfnOutput(Stack.of(this), 'HookportDoctor', {
      value: Stack.of(this).toJsonString({ urls }),
      description: 'What hookport doctor probes; nothing consumes it',
    });
  }

  #route(name: DoctorRoute, route: RoutePlan, to: { queue: Queue; role: Role; endpoint: Endpoint }): void {
    const { queue, role, endpoint } = to;
    const added = new HttpRoute(this, `Route-${name}`, {
      httpApi: endpoint.api,
      routeKey: HttpRouteKey.with(route.path, HttpMethod.POST),
      integration: new SendMessageIntegration('Integration', { queue, role, route }),
    });
    Validations.of(added).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'it shows what a source’s route does, which nobody logs in to; it is throttled and nothing consumes it',
    });
    const stage = endpoint.stage.node.defaultChild as CfnStage;
    stage.routeSettings = {
      ...(stage.routeSettings as Record<string, unknown>),
      [route.key]: routeSettings(route),
    };
    stage.node.addDependency(added);
  }
}

function probeQueue(scope: Construct, { queue: plan }: DoctorPlan): Queue {
  const queue = new Queue(scope, 'Queue', {
    ...queueProps(plan),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'nothing consumes it, so nothing can fail',
  });
  return queue;
}
