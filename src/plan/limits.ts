import { authorizersOf } from './authorizers.ts';
import { maxMappingLength } from '../delivery/wire.ts';
import type { Plan, SourcePlan } from './plan.ts';

/** A limit of AWS that a plan comes up against, and how much of it the plan takes. */
export interface LimitUse {
  name: string;
  used: number;
  limit: number;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const maxStackResources = 500;
const maxOutputs = 200;

/** Not raisable. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const apiIntegrations = 300;

/** URL and queues of each source. */
const outputsPerSource = 2;

/** Function, role, log group, mapping. */
const functionResources = 4;

/** Service, task definition, role, log group, scalable target, and for growing and shrinking a policy and an alarm each. */
const workerResources = 9;

/** Cluster and the role that starts its containers. */
const clusterResources = 2;

/** VPC, gateway and its attachment, security group, and for each of two subnets itself, a table, its association and a route. */
const networkResources = 12;

/** How many resources a source takes in the stack; a test compares this with the synthesized template. */
export function resourcesOf({ consumer, secret, unsigned, verifiedQueue }: SourcePlan): number {
  const ingress = 4; // queue, dead-letter queue, integration, route
  const forwardSecret = consumer?.forward?.http && !consumer.forward.http.secret.existing ? 1 : 0;
  const kept = (secret?.existing || unsigned ? 0 : 1) + (verifiedQueue ? 1 : 0) + forwardSecret;
  const consuming = consumer?.worker ? workerResources : consumer ? functionResources : 0;
  return ingress + kept + consuming;
}

/** Whether a source has alarms: all of them with an address to tell, that of its silence without one too. */
export function isAlarmed({ alarms, expectEverySeconds }: SourcePlan): boolean {
  return alarms !== undefined || expectEverySeconds !== undefined;
}

/** An alarm may have so many actions. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const maxAlarmActions = 5;

/** How many resources the nested stack of alarms takes. */
function alarmResources({ sources }: Plan): number {
  const emails = new Set(sources.flatMap(({ alarms }) => alarms?.email ?? [])).size;
  const topics = 3 * emails; // topic, its policy, subscription
  const endpoint = emails > 0 ? 4 : 0; // three alarms, metric filter
  const common = emails > maxAlarmActions ? 2 + emails : 0; // topic, its policy, subscriptions
  return sources.reduce((sum, source) => sum + alarmsOf(source), topics + endpoint + common);
}

function alarmsOf({ alarms, consumer, expectEverySeconds }: SourcePlan): number {
  const crashes = consumer?.worker ? 1 : 0; // rule
  const told = alarms ? (consumer ? 3 : 2) + crashes : 0;
  return told + (expectEverySeconds === undefined ? 0 : 1);
}

/** The inline policies of a role. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const maxPolicyCharacters = 10_240;

/** What the API's role may do: the ARN of each queue, in the partition and region where ARNs are longest. */
function policyCharacters({ sources }: Plan): number {
  const statement =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":[]}]}';
  const arn = '"arn:aws-us-gov:sqs:us-gov-west-1:123456789012:",';
  return sources.reduce((sum, { queue }) => sum + arn.length + queue.name.length, statement.length);
}

/** How many resources the stack takes whatever its sources. */
export function sharedResources({ domain, sources }: Plan): number {
  const always = 6; // API, stage, access log, role, queue policy, dashboard
  const domainResources = domain ? 5 : 0; // certificate, domain name, mapping, two records
  const alarms = sources.some(isAlarmed) ? 1 : 0; // a nested stack holds them all
  const table = sources.some((source) => source.consumer?.deduplicate) ? 1 : 0;
  const workers = sources.flatMap(({ consumer }) => consumer?.worker ?? []);
  const cluster = workers.length > 0 ? clusterResources : 0;
  const network = workers.some(({ vpc }) => !vpc) ? networkResources : 0;
  return cluster + network + always + domainResources + alarms + table + authorizersOf(sources).length;
}

/** The limits of AWS that grow with the number of sources. */
export function limitsOf(plan: Plan): LimitUse[] {
  const count = plan.sources.length;
  const resources = plan.sources.reduce((sum, source) => sum + resourcesOf(source), sharedResources(plan));
  return [
    { name: 'resources of a CloudFormation stack', used: resources, limit: maxStackResources },
    { name: 'resources of the nested stack of alarms', used: alarmResources(plan), limit: maxStackResources },
    { name: 'characters of the policy of the API’s role', used: policyCharacters(plan), limit: maxPolicyCharacters },
    { name: 'outputs of a CloudFormation stack', used: outputsPerSource * count, limit: maxOutputs },
    { name: 'integrations of an HTTP API', used: count, limit: apiIntegrations },
    { name: 'routes of an HTTP API', used: count, limit: 300 },
    { name: 'authorizers of an HTTP API', used: authorizersOf(plan.sources).length, limit: 10 },
  ];
}

/** Sources whose mapping API Gateway takes as no value of `RequestParameters`, with its length. */
export function mappingsTooLong({ sources }: Plan): { source: SourcePlan; length: number }[] {
  return sources
    .map((source) => ({ source, length: source.route.requestParameters.MessageAttributes.length }))
    .filter(({ length }) => length > maxMappingLength);
}

/** How many sources like the largest of this plan one stack holds. */
export function sourcesThatFit(plan: Plan): number {
  const largest = Math.max(...plan.sources.map(resourcesOf), 1);
  const byResources = Math.floor((maxStackResources - sharedResources(plan)) / largest);
  const count = plan.sources.length;
  const exceeded = limitsOf(plan).filter(({ used, limit }) => used > limit);
  const byExceeded = exceeded.map(({ used, limit }) => Math.floor((count * limit) / used));
  return Math.min(apiIntegrations, maxOutputs / outputsPerSource, byResources, ...byExceeded);
}
