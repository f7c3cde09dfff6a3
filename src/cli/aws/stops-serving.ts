import { HookportError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import { type DeployedStack, deployedUrls } from './deployed-stack.ts';

/** What a deploy of the plan takes away: routes, such as `POST /github`, and the beginnings of every URL. */
export function stopsServing(stack: DeployedStack, plan: Plan): string[] {
  const planned = new Set(plan.sources.map(({ route }) => route.path));
  // By the sources' URLs: the doctor's routes nobody registers, and somebody who extends the stack may have others.
  const routes = deployedPaths(stack).flatMap(([, path]) => (planned.has(path) ? [] : [`POST ${path}`]));
  const urls = [...deployedUrls(stack).values()];
  const domains = stack.domains
    .filter((name) => name !== plan.domain?.name)
    .map((name) => `https://${name}`)
    // Somebody who extends the stack may have others.
    .filter((base) => urls.some((url) => url.startsWith(`${base}/`)));
  const own = plan.domain?.exclusive === true && stack.apisWithUrl.includes(plan.name);
  return [...routes, ...domains.map((base) => `${base}/…`), ...(own ? ['the API’s own URL (domain.exclusive)'] : [])];
}

/** Each source that is deployed, and its path. */
function deployedPaths(stack: DeployedStack): [source: string, path: string][] {
  return [...deployedUrls(stack)].flatMap(([source, url]): [string, string][] =>
    URL.canParse(url) ? [[source, new URL(url).pathname]] : [],
  );
}

/**
 * A path cannot go from one source to another in one deploy: CloudFormation makes the one route before it takes the other
 * away, API Gateway refuses the second of one key (409), and the deploy fails in its middle.
 *
 * @throws HookportError `usage`
 */
export function refuseMovedPaths(stack: DeployedStack, plan: Plan): void {
  for (const [deployed, path] of deployedPaths(stack)) {
    const planned = plan.sources.find(({ route }) => route.path === path);
    if (!planned || planned.id === deployed) continue;
    throw new HookportError(
      'usage',
      `${path} serves the source "${deployed}" now and would serve "${planned.id}", which API Gateway refuses within one deploy. ` +
        `Keep the id "${deployed}"; or give "${planned.id}" a path of its own, register that at the provider, and take "${deployed}" away later`,
    );
  }
}
