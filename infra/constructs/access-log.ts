import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/**
 * What one request leaves in the log. `integrationErrorMessage` and `error.message` are the only places that tell why
 * a request was refused; bodies and headers cannot be logged on an HTTP API, which is as it should be.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const fields = {
  requestId: '$context.requestId',
  requestTimeEpoch: '$context.requestTimeEpoch',
  routeKey: '$context.routeKey',
  status: '$context.status',
  integrationStatus: '$context.integrationStatus',
  integrationErrorMessage: '$context.integrationErrorMessage',
  errorMessage: '$context.error.message',
  errorResponseType: '$context.error.responseType',
  authorizerError: '$context.authorizer.error',
  sourceIp: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
};

/** The API's access log, kept for 30 days. */
export function accessLogGroup(scope: Construct, apiName: string): LogGroup {
  return new LogGroup(scope, 'AccessLog', {
    // Names under /aws/vendedlogs/ do not grow the account's log resource policy, which ends at 5,120 characters.
    logGroupName: `/aws/vendedlogs/apis/${apiName}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/** What the stage writes into it. */
export function accessLogSettings(group: LogGroup): IAccessLogSettings {
  return {
    destination: new LogGroupLogDestination(group),
    format: AccessLogFormat.custom(JSON.stringify(fields)),
  };
}
