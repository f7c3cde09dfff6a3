import { describe, expect, it } from 'vitest';
import { grants } from './iam.ts';
import { authorizedPlan, fullPlan, planOf, sourcePlan, workerPlan } from './plans.ts';
import { templateOf } from './synth.ts';
import type { CloudFormationTemplate } from './template-interpreter.ts';

/** Reviewed by hand: a line more or less is a decision, not a detail. */
const reviewed = [
  'AWS::SQS::QueuePolicy: Deny sqs:* on * if {"Bool":{"aws:SecureTransport":"false"}}',
  'EndpointRole: Allow sqs:SendMessage on SourcegithubQueuesQueue',
  'EndpointRole: Allow sqs:SendMessage on SourcepaddleQueuesQueue',
  'EndpointRole: Allow sqs:SendMessage on SourcezendeskQueuesQueue',
  'EndpointRole: assumed by {"Service":"apigateway.amazonaws.com"}',
  'SourcegithubConsumerRole: Allow dynamodb:DeleteItem on DeduplicationTable if {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["github#*"]}}',
  'SourcegithubConsumerRole: Allow dynamodb:PutItem on DeduplicationTable if {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["github#*"]}}',
  'SourcegithubConsumerRole: Allow ec2:AssignPrivateIpAddresses on *',
  'SourcegithubConsumerRole: Allow ec2:CreateNetworkInterface on *',
  'SourcegithubConsumerRole: Allow ec2:DeleteNetworkInterface on *',
  'SourcegithubConsumerRole: Allow ec2:DescribeNetworkInterfaces on *',
  'SourcegithubConsumerRole: Allow ec2:DescribeSubnets on *',
  'SourcegithubConsumerRole: Allow ec2:UnassignPrivateIpAddresses on *',
  'SourcegithubConsumerRole: Allow events:PutEvents on arn:aws:events:us-east-1:123456789012:event-bus/acme-bus',
  'SourcegithubConsumerRole: Allow logs:CreateLogStream on SourcegithubConsumerLog',
  'SourcegithubConsumerRole: Allow logs:PutLogEvents on SourcegithubConsumerLog',
  'SourcegithubConsumerRole: Allow secretsmanager:GetSecretValue on SourcegithubForwardSecret',
  'SourcegithubConsumerRole: Allow secretsmanager:GetSecretValue on SourcegithubSecret',
  'SourcegithubConsumerRole: Allow sqs:ChangeMessageVisibility on SourcegithubQueuesQueue',
  'SourcegithubConsumerRole: Allow sqs:DeleteMessage on SourcegithubQueuesQueue',
  'SourcegithubConsumerRole: Allow sqs:GetQueueAttributes on SourcegithubQueuesQueue',
  'SourcegithubConsumerRole: Allow sqs:ReceiveMessage on SourcegithubQueuesQueue',
  'SourcegithubConsumerRole: Allow sqs:SendMessage on SourcegithubQueuesDeadLetterQueue',
  'SourcegithubConsumerRole: Allow sqs:SendMessage on SourcegithubQueuesVerifiedQueue',
  'SourcegithubConsumerRole: Allow xray:PutTelemetryRecords on *',
  'SourcegithubConsumerRole: Allow xray:PutTraceSegments on *',
  'SourcegithubConsumerRole: assumed by {"Service":"lambda.amazonaws.com"}',
  'SourcegithubConsumerRole: managed policy arn:aws:iam::123456789012:policy/mine',
  'SourcegithubConsumerRole: managed policy arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess',
  'SourcepaddleConsumerRole: Allow logs:CreateLogStream on SourcepaddleConsumerLog',
  'SourcepaddleConsumerRole: Allow logs:PutLogEvents on SourcepaddleConsumerLog',
  'SourcepaddleConsumerRole: Allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:shared/paddle-??????',
  'SourcepaddleConsumerRole: Allow sqs:ChangeMessageVisibility on SourcepaddleQueuesQueue',
  'SourcepaddleConsumerRole: Allow sqs:DeleteMessage on SourcepaddleQueuesQueue',
  'SourcepaddleConsumerRole: Allow sqs:GetQueueAttributes on SourcepaddleQueuesQueue',
  'SourcepaddleConsumerRole: Allow sqs:ReceiveMessage on SourcepaddleQueuesQueue',
  'SourcepaddleConsumerRole: Allow sqs:SendMessage on SourcepaddleQueuesDeadLetterQueue',
  'SourcepaddleConsumerRole: Allow xray:PutTelemetryRecords on *',
  'SourcepaddleConsumerRole: Allow xray:PutTraceSegments on *',
  'SourcepaddleConsumerRole: assumed by {"Service":"lambda.amazonaws.com"}',
];

/** The same for containers: a handler’s role, and apart from it the one that starts them. */
const reviewedOfWorkers = [
  'SourceexportsWorkerRole: Allow dynamodb:DeleteItem on DeduplicationTable if {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["exports#*"]}}',
  'SourceexportsWorkerRole: Allow dynamodb:PutItem on DeduplicationTable if {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["exports#*"]}}',
  'SourceexportsWorkerRole: Allow ecs:GetTaskProtection on arn:aws:ecs:us-east-1:123456789012:task/WorkersCluster8F6CEAEA/*',
  'SourceexportsWorkerRole: Allow ecs:UpdateTaskProtection on arn:aws:ecs:us-east-1:123456789012:task/WorkersCluster8F6CEAEA/*',
  'SourceexportsWorkerRole: Allow secretsmanager:GetSecretValue on SourceexportsSecret',
  'SourceexportsWorkerRole: Allow sqs:ChangeMessageVisibility on SourceexportsQueuesQueue',
  'SourceexportsWorkerRole: Allow sqs:DeleteMessage on SourceexportsQueuesQueue',
  'SourceexportsWorkerRole: Allow sqs:GetQueueAttributes on SourceexportsQueuesQueue',
  'SourceexportsWorkerRole: Allow sqs:GetQueueUrl on SourceexportsQueuesDeadLetterQueue',
  'SourceexportsWorkerRole: Allow sqs:GetQueueUrl on SourceexportsQueuesQueue',
  'SourceexportsWorkerRole: Allow sqs:ReceiveMessage on SourceexportsQueuesQueue',
  'SourceexportsWorkerRole: Allow sqs:SendMessage on SourceexportsQueuesDeadLetterQueue',
  'SourceexportsWorkerRole: assumed by {"Service":"ecs-tasks.amazonaws.com"}',
  'SourcevideosWorkerRole: Allow secretsmanager:GetSecretValue on SourcevideosSecret',
  'SourcevideosWorkerRole: Allow sqs:ChangeMessageVisibility on SourcevideosQueuesQueue',
  'SourcevideosWorkerRole: Allow sqs:DeleteMessage on SourcevideosQueuesQueue',
  'SourcevideosWorkerRole: Allow sqs:GetQueueAttributes on SourcevideosQueuesQueue',
  'SourcevideosWorkerRole: Allow sqs:GetQueueUrl on SourcevideosQueuesDeadLetterQueue',
  'SourcevideosWorkerRole: Allow sqs:GetQueueUrl on SourcevideosQueuesQueue',
  'SourcevideosWorkerRole: Allow sqs:ReceiveMessage on SourcevideosQueuesQueue',
  'SourcevideosWorkerRole: Allow sqs:SendMessage on SourcevideosQueuesDeadLetterQueue',
  'SourcevideosWorkerRole: assumed by {"Service":"ecs-tasks.amazonaws.com"}',
  'WorkersExecutionRole: Allow ecr:BatchCheckLayerAvailability on arn:aws:ecr:us-east-1:123456789012:repository/assets',
  'WorkersExecutionRole: Allow ecr:BatchGetImage on arn:aws:ecr:us-east-1:123456789012:repository/assets',
  'WorkersExecutionRole: Allow ecr:GetAuthorizationToken on *',
  'WorkersExecutionRole: Allow ecr:GetDownloadUrlForLayer on arn:aws:ecr:us-east-1:123456789012:repository/assets',
  'WorkersExecutionRole: Allow logs:CreateLogStream on SourceexportsWorkerLog',
  'WorkersExecutionRole: Allow logs:CreateLogStream on SourcevideosWorkerLog',
  'WorkersExecutionRole: Allow logs:PutLogEvents on SourceexportsWorkerLog',
  'WorkersExecutionRole: Allow logs:PutLogEvents on SourcevideosWorkerLog',
  'WorkersExecutionRole: assumed by {"Service":"ecs-tasks.amazonaws.com"}',
];

describe('policies', () => {
  it('grants exactly the reviewed actions on the reviewed resources', () => {
    expect(grants(templateOf(fullPlan()).toJSON() as CloudFormationTemplate)).toEqual(reviewed);
  });

  it('grants exactly the reviewed actions to workers, and to what starts them', () => {
    const lines = grants(templateOf(workerPlan()).toJSON() as CloudFormationTemplate);
    expect(lines.filter((line) => /^(Workers|Sourceexports|Sourcevideos)/.test(line))).toEqual(reviewedOfWorkers);
  });

  it.each([
    ['hooks', 'hooks-??????'],
    ['hooks/paddle-a1B2c3', 'hooks/paddle-a1B2c3'],
  ])('lets a consumer read an existing secret whose ARN ends in %s', (given, allowed) => {
    // GetSecretValue takes an ARN without its six random characters; a policy compares with the whole.
    const arn = (name: string) => `arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:${name}`;
    const source = { ...sourcePlan('paddle'), secret: { name: arn(given), existing: true } };
    const lines = grants(templateOf(planOf(source)).toJSON() as CloudFormationTemplate);
    expect(lines).toContain(`SourcepaddleConsumerRole: Allow secretsmanager:GetSecretValue on ${arn(allowed)}`);
  });

  it('lets the consumer of a source without a signature read no secret', () => {
    const lines = grants(templateOf(authorizedPlan()).toJSON() as CloudFormationTemplate);
    expect(lines.filter((line) => line.includes('secretsmanager')).map((line) => line.split(':')[0])).toEqual([
      'SourcegithubConsumerRole',
    ]);
  });

  it('lets no consumer reach anything of another source', () => {
    const lines = grants(templateOf(fullPlan()).toJSON() as CloudFormationTemplate);
    const foreign = lines.filter((line) => /^SourcegithubConsumerRole: .*(paddle|zendesk)/.test(line));
    expect(lines.some((line) => line.startsWith('SourcegithubConsumerRole: '))).toBe(true);
    expect(foreign).toEqual([]);
  });
});
