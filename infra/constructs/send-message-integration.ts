import { Duration } from 'aws-cdk-lib';
import {
  HttpIntegrationSubtype,
  HttpIntegrationType,
  type HttpRouteIntegrationConfig,
  HttpRouteIntegration,
  IntegrationCredentials,
  ParameterMapping,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { RoutePlan } from '../../src/plan/plan.ts';

/**
 * SQS needs milliseconds; providers wait 1 to 10 seconds for an answer, and a slow one should be theirs to retry. A
 * second try within the same request does not exist, so a longer wait would gain nothing.
 */
const timeout = Duration.seconds(10);

/**
 * A route that puts each request into a queue, by the Plan's mapping. Unlike the CDK's `HttpSqsIntegration` it shares
 * one role among all routes (two resources less for each source) and sets a timeout.
 */
export class SendMessageIntegration extends HttpRouteIntegration {
  readonly #queue: IQueue;
  readonly #role: IRole;
  readonly #route: RoutePlan;

  constructor(id: string, props: { queue: IQueue; role: IRole; route: RoutePlan }) {
    super(id);
    this.#queue = props.queue;
    this.#role = props.role;
    this.#route = props.route;
  }

  override bind(): HttpRouteIntegrationConfig {
    const { MessageBody, MessageAttributes } = this.#route.requestParameters;
    return {
      type: HttpIntegrationType.AWS_PROXY,
      subtype: HttpIntegrationSubtype.SQS_SEND_MESSAGE,
      payloadFormatVersion: PayloadFormatVersion.VERSION_1_0,
      timeout,
      credentials: IntegrationCredentials.fromRole(this.#role),
      parameterMapping: new ParameterMapping()
        .custom('QueueUrl', this.#queue.queueUrl)
        .custom('MessageBody', MessageBody)
        .custom('MessageAttributes', MessageAttributes),
    };
  }
}
