import { expect, test } from 'vitest';
import { makeDoctorPlan } from '../../src/plan/doctor.ts';
import type { Plan, SourcePlan } from '../../src/plan/plan.ts';
import { planOf, sourcePlan } from './plans.ts';
import { templateOf } from './synth.ts';

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
}
type Resources = Readonly<Record<string, Resource>>;

/**
 * Routes and the settings that a stage has for some of them, as API Gateway keeps them: settings are merged into what is
 * there and each key of the result must be a route's; taking away those of a route that is gone is refused as well.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename-routesettings-routekey.html
 */
class Api {
  readonly routes = new Map<string, string>();
  readonly settings = new Set<string>();

  /** As CloudFormation updates a stack, and as it rolls an update back: what goes does so at the end, if it comes to that. */
  update(to: Resources, { fails = false } = {}): void {
    for (const [id, { Type, Properties }] of Object.entries(to)) {
      const key = String(Properties['RouteKey']);
      if (Type !== 'AWS::ApiGatewayV2::Route' || this.routes.get(id) === key) continue;
      if ([...this.routes.values()].includes(key)) throw new Error(`409: there is a route ${key}`);
      this.routes.set(id, key);
    }
    for (const { Type, Properties, DependsOn = [] } of Object.values(to)) {
      if (Type !== 'AWS::ApiGatewayV2::Stage') continue;
      const routes = Object.keys(to).filter((id) => to[id]?.Type === 'AWS::ApiGatewayV2::Route');
      if (!routes.every((id) => DependsOn.includes(id))) throw new Error('the stage may come before its routes');
      const wanted = Object.keys(Properties['RouteSettings'] as object);
      for (const key of this.settings) if (!wanted.includes(key)) this.#take(key);
      for (const key of wanted) this.settings.add(key);
      for (const key of this.settings) this.#find(key);
    }
    if (!fails) for (const id of this.routes.keys()) if (!to[id]) this.routes.delete(id);
  }

  #take(key: string): void {
    this.#find(key);
    this.settings.delete(key);
  }

  #find(key: string): void {
    if (![...this.routes.values()].includes(key)) throw new Error(`404: Unable to find Route by key ${key}`);
  }
}

function resourcesOf(plan: Plan, doctor = false): Resources {
  const template = templateOf(plan, doctor ? makeDoctorPlan(plan.name) : undefined);
  return (template.toJSON() as { Resources: Resources }).Resources;
}

function at(path: string, source: SourcePlan): SourcePlan {
  return { ...source, route: { ...source.route, path, key: `POST ${path}` } };
}

const github = sourcePlan('github');
const paddle = sourcePlan('paddle');
const [hub, code] = [at('/hub', github), at('/code', github)];

test.each([
  ['a source’s path becomes one of its own', planOf(github, paddle), planOf(hub, paddle)],
  ['a path of its own becomes another', planOf(hub), planOf(code)],
  ['a path of its own becomes the usual one', planOf(hub), planOf(github)],
  ['a path changes while a source comes and one goes', planOf(github, paddle), planOf(code, sourcePlan('zendesk'))],
  ['a source goes', planOf(github, paddle), planOf(github)],
  ['a source comes', planOf(github), planOf(github, paddle)],
])('API Gateway takes the routes and their throttles in the order of a deploy: %s', (_, before, after) => {
  const api = new Api();
  const holds = ({ sources }: Plan) => {
    const keys = sources.map(({ route }) => route.key).toSorted();
    expect([...api.routes.values()].toSorted()).toEqual(keys);
    expect([...api.settings].toSorted()).toEqual(keys);
  };
  api.update(resourcesOf(before));
  api.update(resourcesOf(after), { fails: true });
  // Rolled back.
  api.update(resourcesOf(before));
  holds(before);
  api.update(resourcesOf(after));
  holds(after);
});

test('and of one that brings the doctor’s routes or takes them away', () => {
  const api = new Api();
  api.update(resourcesOf(planOf(github)));
  api.update(resourcesOf(planOf(github), true));
  expect(api.settings.size).toBe(5);
  api.update(resourcesOf(planOf(github)));
  expect([...api.settings]).toEqual(['POST /github']);
});

test('a source with the usual path keeps its route’s logical id, by which it is deployed', () => {
  const routes = Object.entries(resourcesOf(planOf(github))).filter(([, { Type }]) => Type.endsWith('::Route'));
  expect(routes.map(([id]) => id)).toEqual(['EndpointRoutegithub647449D7']);
});
