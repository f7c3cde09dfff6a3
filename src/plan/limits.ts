import type { Plan, SourcePlan } from './plan.ts';

/** A limit of AWS that a plan comes up against, and how much of it the plan takes. */
export interface LimitUse {
  name: string;
  used: number;
  limit: number;
}

/**
 * What the stack has besides its sources: API, stage, log group, role, policy, dashboard, topic and so on; domain,
 * certificate, mapping and two records where there is a domain.
 */
const sharedResources = 20;

/** Queue, DLQ, their policies' share, integration, route, secret; function, role, mapping and log group with a consumer. */
function resourcesOf(source: SourcePlan): number {
  return (
    5 + (source.consumer ? 3 : 0) + (source.verifiedQueue ? 1 : 0) + (source.expectEverySeconds === undefined ? 0 : 1)
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const stackResources = 500;

/** Not raisable. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const apiIntegrations = 300;

/** The limits of AWS that grow with the number of sources. */
export function limitsOf(plan: Plan): LimitUse[] {
  const perSource = plan.sources.reduce((sum, source) => sum + resourcesOf(source), 0);
  return [
    { name: 'resources of a CloudFormation stack', used: sharedResources + perSource, limit: stackResources },
    { name: 'integrations of an HTTP API', used: plan.sources.length, limit: apiIntegrations },
    { name: 'routes of an HTTP API', used: plan.sources.length, limit: 300 },
  ];
}

/** How many sources like the largest of this plan one stack holds. */
export function sourcesThatFit(plan: Plan): number {
  const largest = Math.max(...plan.sources.map(resourcesOf), 1);
  return Math.min(apiIntegrations, Math.floor((stackResources - sharedResources) / largest));
}
