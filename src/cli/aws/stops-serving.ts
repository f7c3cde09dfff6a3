import { HookportError } from '../../errors.ts';
import { makeDoctorPlan } from '../../plan/doctor.ts';
import type { Plan } from '../../plan/plan.ts';
import { type DeployedStack, deployedUrls } from './deployed-stack.ts';

/** What a deploy of the plan takes away: routes, such as `POST /github`, and the beginnings of every URL. */
export function stopsServing(stack: DeployedStack, plan: Plan): string[] {
  const planned = new Set(plan.sources.map(({ route }) => route.key));
  const routes = stack.routeKeys.filter((key) => !planned.has(key) && !isOfDoctor(key));
  const urls = [...deployedUrls(stack).values()];
  const domains = stack.domains
    .filter((name) => name !== plan.domain?.name)
    .map((name) => `https://${name}`)
    // Somebody who extends the stack may have others.
    .filter((base) => urls.some((url) => url.startsWith(`${base}/`)));
  const own = plan.domain?.exclusive === true && stack.apisWithUrl.includes(plan.name);
  return [...routes, ...domains.map((base) => `${base}/…`), ...(own ? ['the API’s own URL (domain.exclusive)'] : [])];
}

/** Nobody registers the doctor's routes. */
function isOfDoctor(routeKey: string): boolean {
  return Object.values(makeDoctorPlan('').routes).some(({ key }) => key === routeKey);
}

/**
 * A path cannot go from one source to another in one deploy: CloudFormation makes the one route before it takes the other
 * away, API Gateway refuses the second of one key (409), and the deploy fails in its middle.
 *
 * @throws HookportError `usage`
 */
export function refuseMovedPaths(stack: DeployedStack, plan: Plan): void {
  for (const [deployed, url] of deployedUrls(stack)) {
    const path = URL.canParse(url) ? new URL(url).pathname : undefined;
    const planned = plan.sources.find(({ route }) => route.path === path);
    if (!planned || planned.id === deployed) continue;
    throw new HookportError(
      'usage',
      `${path} serves the source "${deployed}" now and would serve "${planned.id}", which API Gateway refuses within one deploy. ` +
        `Keep the id "${deployed}"; or give "${planned.id}" a path of its own, register that at the provider, and take "${deployed}" away later`,
    );
  }
}
